/** What an archive of this format is called after its name. */
export const SUFFIX = { zip: '.zip', gzip: '.gz', raw: '' } as const;

/** What artifacts are packed as. */
export type ArtifactFormat = keyof typeof SUFFIX;

/** The format by GitLab's word for it; undefined when we don't know it. */
export function formatOf(word: string | undefined): ArtifactFormat | undefined {
  const format = word || 'zip';
  return format === 'zip' || format === 'gzip' || format === 'raw' ? format : undefined;
}

/** The function that takes the last part of an artifact's name, `default` where that is empty. */
export const NAME_FUNCTION = String.raw`_base() { # NAME
  _name=$(printf '%s' "$1" | tr -d '\r\n' | sed 's|/*$||; s|.*/||')
  _value "$_name" default
}`;
