import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Tree, treeOf } from '../../archive/tree-of.contract.ts';
import { SHELLS } from '../worker-rig.contract.ts';
import { CachedWorker, CacheRig } from './cache-rig.contract.ts';

let rig: CacheRig;
beforeAll(async () => {
  rig = await CacheRig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

/** The formats, and how a job comes to have them: gzip is for workers without zstd. */
const FORMATS = [
  { format: 'tar with zstd', magic: '28b52ffd', wanted: 'tarzstd', hidden: [] },
  { format: 'tar with gzip', magic: '1f8b', wanted: 'tarzstd', hidden: ['zstd'] },
  { format: 'zip', magic: '504b0304', wanted: 'zip', hidden: [] },
] as const;

const PROGRAMS =
  'cat chmod cmp curl cut date find git grep gzip head mkdir mv od printf rm sed sh sleep sort tail tar touch tr unzip wc xargs awk zip zstd';

interface Item {
  readonly path: string;
  readonly kind: 'file' | 'link' | 'folder';
  readonly mode: number;
  readonly content: Uint8Array;
}

/** Anything that Linux takes as a name, but for control characters other than the line feed. */
const name = fc
  .oneof(
    { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('é', '✓', 'n', '"', "'"), minLength: 200, maxLength: 220 }) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '-rf',
        '--',
        ' ',
        ' before',
        'after ',
        '"',
        `'"'`,
        '$(x)',
        '`x`',
        '*',
        '[a]',
        '\\',
        '\\n',
        '~',
        '#',
        'a\nb',
        '%s',
      ),
    },
  )
  .map((text) => text.replaceAll(/[/\0]/g, '-').replace(/^\.{1,2}$/, 'dots'))
  .filter((text) => Buffer.byteLength(text) <= 255);

const item: fc.Arbitrary<Item> = fc.record({
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
  kind: fc.constantFrom('file', 'file', 'link', 'folder'),
  mode: fc.constantFrom(0o644, 0o600, 0o755, 0o444, 0o700),
  content: fc.oneof(fc.constant(new Uint8Array(0)), fc.uint8Array({ maxLength: 3000 })),
});

/** Writes what there is room for: no file is another one's folder. */
async function write(folder: string, items: readonly Item[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, kind, mode, content } of items) {
    const at = join(folder, path);
    try {
      await mkdir(dirname(at), { recursive: true });
      if (kind === 'folder') await mkdir(at, { mode: mode | 0o700 });
      else if (kind === 'link') await symlink(Buffer.from(`../${path}`), at);
      else await writeFile(at, content, { mode, flag: 'wx' });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOTDIR');
}

/** Names with a line feed are left out of caches, and all that lies below them. */
function withoutLineFeeds(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.includes('\n')));
}

/** Saves a folder in one worker and restores it in another; gives what it was and what it is. */
async function roundTrip(
  of: { readonly shell: (typeof SHELLS)[number]; readonly as: (typeof FORMATS)[number] },
  fill: (folder: string) => Promise<void>,
) {
  const cache = { key: `trees/${of.shell.name}/${of.as.wanted}`, paths: ['tree'] };
  await using first = await CachedWorker.start(of.shell, rig);
  await fill(join(first.project, 'tree'));
  const saved = await first.save(cache, { wishes: { variables: await variablesFor(first, of.as) } });
  await using second = await CachedWorker.start(of.shell, rig);
  const restored = await second.restore(cache, { wishes: { variables: await variablesFor(second, of.as) } });
  const said = `${saved.output}${restored.output}`;
  expect(said).toMatch(/Created cache[\s\S]*Successfully extracted cache/);
  expect((await rig.get(cache.key)).subarray(0, of.as.magic.length / 2).toString('hex')).toBe(of.as.magic);
  return { was: await treeOf(join(first.project, 'tree')), is: await treeOf(join(second.project, 'tree')), said };
}

async function variablesFor(worker: CachedWorker, { wanted, hidden }: (typeof FORMATS)[number]) {
  const programs = PROGRAMS.split(' ').filter((program) => !hidden.some((each) => each === program));
  const bin = `${worker.folder}/programs`;
  await worker.run(`mkdir '${bin}'; for p in ${programs.join(' ')}; do ln -s "$(command -v "$p")" '${bin}/'; done`);
  return [
    { key: 'CACHE_COMPRESSION_FORMAT', value: wanted },
    { key: 'PATH', value: bin },
  ];
}

/** One of each, whatever chance brings. */
const EVERYTHING: Item[] = [
  { path: `${'é'.repeat(100)}/${'n'.repeat(255)}`, kind: 'file', mode: 0o600, content: Buffer.from('long') },
  { path: `-rf/it's "odd" \\n $(x) [*]`, kind: 'file', mode: 0o755, content: Buffer.from('#!') },
  { path: ' before/after ', kind: 'file', mode: 0o444, content: new Uint8Array(0) },
  { path: 'folder/empty', kind: 'folder', mode: 0o700, content: new Uint8Array(0) },
  { path: 'folder/-link', kind: 'link', mode: 0, content: new Uint8Array(0) },
  { path: 'line\nfeed/file', kind: 'file', mode: 0o644, content: Buffer.from('left out') },
];

describe.each(SHELLS)('a tree under $name', (shell) => {
  it.each(FORMATS)(
    'comes back from a cache as it went in, as $format: every name, mode, content and link',
    { timeout: 120_000 },
    async (as) => {
      await fc.assert(
        fc.asyncProperty(fc.array(item, { maxLength: 25 }), async (items) => {
          const { was, is, said } = await roundTrip({ shell, as }, (folder) => write(folder, items));
          expect(is, said).toEqual(withoutLineFeeds(was));
        }),
        { numRuns: 4, examples: [[EVERYTHING]] },
      );
    },
  );
});

describe('a tree of five thousand files', () => {
  it.each(FORMATS)('comes back whole, as $format', { timeout: 120_000 }, async (as) => {
    const numbers = Array.from({ length: 5000 }, (_, at) => at);
    const fill = async (folder: string) => {
      for (const at of Array.from({ length: 50 }).keys()) await mkdir(join(folder, `d${at}`), { recursive: true });
      await Promise.all(numbers.map((at) => writeFile(join(folder, `d${at % 50}`, `file ${at}`), `${at}`)));
    };
    const { was, is } = await roundTrip({ shell: SHELLS[0], as }, fill);
    expect([Object.keys(is).length, is]).toEqual([5050, was]);
  });
});
