const FAILED = '{"shim":1,"answer":"broken","cause":"the shim could not be installed"}';

/**
 * The command that puts the shim into its folder, if there is none yet, and asks it a verb. The shim comes on stdin and is installed only
 * if it came whole. It is one quoted word for `sh`, because the login shell may be anything; nothing in it needs quotes of its own.
 */
export function installCommand(of: {
  readonly folder: string;
  readonly size: number;
  readonly words: readonly (string | number)[];
}): string {
  const { folder, size, words } = of;
  const script = [
    `d=${folder}; t=$d/shim.$$`,
    'mkdir -p -m 700 $d',
    `[ -s $d/shim ] || { cat >$t && [ $(wc -c <$t) -eq ${size} ] && mv $t $d/shim; } || { rm -f $t; echo "$0" >&2; exit 70; }`,
    `exec sh $d/shim ${words.join(' ')}`,
  ].join('; ');
  return `exec sh -c '${script}' '${FAILED}'`;
}
