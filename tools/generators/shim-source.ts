import { readFile } from 'node:fs/promises';

const FOLDER = 'packages/manager/src/transport/shim';

/** The shim as a string, so that the manager's bundle is one file. shim.sh is what people read, lint and test. */
export async function generate(): Promise<{ readonly path: string; readonly content: string }[]> {
  const source = await readFile(new URL(`../../${FOLDER}/shim.sh`, import.meta.url), 'utf8');
  const lines = source.split('\n').map((line) => `  ${JSON.stringify(line)},`);
  const content = [
    '/** Generated from shim.sh by `npm run generate`: the shim as it is sent to workers. */',
    'export const SHIM_SOURCE = [',
    ...lines,
    "].join('\\n');",
    '',
  ].join('\n');
  return [{ path: `${FOLDER}/shim-source.ts`, content }];
}
