import { readdir, readFile } from 'node:fs/promises';

const FOLDER = 'packages/manager/src/transport/shim';
const PROGRAM = new URL(`../../${FOLDER}/program/`, import.meta.url);

/** What a worker's shell reads before the verbs, in this order; a supervisor ends in its own part and reads no further. */
const BEFORE_VERBS = ['head.sh', 'stage.sh', 'supervisor.sh', 'answers.sh', 'keep.sh'];
const AFTER_VERBS = ['dispatch.sh'];

/** The shim as a string, so that the manager's bundle is one file. The parts in `shim/program` are what people read. */
export async function generate(): Promise<{ readonly path: string; readonly content: string }[]> {
  const lines = (await shimProgram()).split('\n').map((line) => `  ${JSON.stringify(line)},`);
  const content = [
    '/** Generated from shim/program by `npm run generate`: the shim as it is sent to workers. */',
    'export const SHIM_SOURCE = [',
    ...lines,
    "].join('\\n');",
    '',
  ].join('\n');
  return [{ path: `${FOLDER}/shim-source.ts`, content }];
}

/** The parts joined into the one program that workers get. A part that has no place in the order is refused. */
export async function shimProgram(): Promise<string> {
  const order = [...BEFORE_VERBS, ...(await shellFiles('verbs/')), ...AFTER_VERBS];
  const stranger = (await shellFiles('')).find((name) => !order.includes(name));
  if (stranger !== undefined) throw new Error(`${FOLDER}/program/${stranger} has no place in the order of tools/generators/shim-source.ts`);
  const parts = await Promise.all(order.map((name) => readFile(new URL(name, PROGRAM), 'utf8')));
  return parts.join('\n');
}

async function shellFiles(folder: string): Promise<string[]> {
  const names = await readdir(new URL(folder, PROGRAM));
  return names
    .filter((name) => name.endsWith('.sh'))
    .sort()
    .map((name) => `${folder}${name}`);
}
