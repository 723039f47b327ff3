import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../../tools/bundle-options.mjs';

/** What it says of itself. */
export const NEXT_VERSION = '99.0.0';

/** `file` within packages/; each `find` must occur there. */
interface Change {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/**
 * As far as a next version may go by the contracts: records, tombstones, chunks and the shim are of schema 2, and have fields that this
 * version doesn't know.
 */
const CHANGES: readonly Change[] = [
  {
    file: 'manager/src/store/record-codec.ts',
    find: '    ...record,\n',
    put: `    ...record,
    schema: 2,
    sinceSchema2: { colour: 'blue', list: [1, 2] },
    stages: record.stages.map((stage) => ({ ...stage, sinceSchema2: stage.attempt })),
`,
  },
  {
    file: 'manager/src/store/record-codec.ts',
    find: "    schema: 1,\n    phase: 'done',",
    put: "    schema: 2,\n    phase: 'done',\n    sinceSchema2: true,",
  },
  {
    file: 'manager/src/job/trace/chunk.ts',
    find: 'JSON.stringify(header)',
    put: "JSON.stringify({ ...header, schema: 2, sinceSchema2: 'yes' })",
  },
  {
    file: 'manager/src/job/trace/chunk.ts',
    find: 'JSON.stringify(head)',
    put: "JSON.stringify({ ...head, schema: 2, sinceSchema2: 'yes' })",
  },
  {
    file: 'manager/src/transport/shim/shim-source.ts',
    find: String.raw`\\\"version\\\":1,`,
    put: String.raw`\\\"version\\\":2,\\\"sinceVersion2\\\":true,`,
  },
];

/** Builds the manager of the next version, as the contracts allow it to differ, into `outfile`. */
export async function buildNextManager(outfile: string): Promise<void> {
  const define = { BUILD_VERSION: JSON.stringify(NEXT_VERSION), BUILD_REVISION: '"next"' };
  await build({ ...bundleOptions, define, entryPoints: [packagePath('cli/src/manager.ts')], outfile, plugins: [changed()] });
}

function changed(): Plugin {
  return {
    name: 'the next version',
    setup(of) {
      for (const file of new Set(CHANGES.map((change) => change.file))) {
        const filter = new RegExp(`${packagePath(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
        of.onLoad({ filter }, async ({ path }) => ({ loader: 'ts', contents: withChanges(file, await readFile(path, 'utf8')) }));
      }
    },
  };
}

function withChanges(file: string, source: string): string {
  let text = source;
  for (const { find, put } of CHANGES.filter((change) => change.file === file)) {
    if (!text.includes(find)) throw new Error(`${file} has moved on: the next version's change finds no ${JSON.stringify(find)} in it`);
    text = text.replace(find, () => put);
  }
  return text;
}

function packagePath(file: string): string {
  return fileURLToPath(new URL(`../../packages/${file}`, import.meta.url));
}
