import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELLS } from '../worker-rig.contract.ts';
import { CachedWorker, CacheRig } from './cache-rig.contract.ts';
import { type HostileEntry, hostileTar, hostileZip } from './hostile-archive.test-double.ts';

let rig: CacheRig;
beforeAll(async () => {
  rig = await CacheRig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

const good: HostileEntry = { name: 'd/good', body: 'good' };

/** What archives would do, given a folder outside of the project with a file `f` in it. */
type Hostile = Readonly<Record<string, (outside: string) => readonly HostileEntry[]>>;

/** Names that lead out. The tools of busybox show and unpack them without what leads out, and nobody can tell. */
const NAMES: Hostile = {
  'a name above the project': () => [good, { name: '../../../outside/f', body: 'evil' }],
  'a name above the project, by a detour': () => [good, { name: 'd/../../../../outside/f', body: 'evil' }],
  'an absolute name': (outside) => [good, { name: `${outside}/f`, body: 'evil' }],
};

const LINKS: Hostile = {
  'a file below a link': (outside) => [good, { name: 'l', type: '2', target: outside }, { name: 'l/f', body: 'evil' }],
  'a file below a link, the link last': (outside) => [
    { name: './d/./l//f', body: 'evil' },
    good,
    { name: 'd/l', type: '2', target: outside },
  ],
  'a folder below a link': (outside) => [
    { name: 'l', type: '2', target: outside },
    { name: 'l/sub/', type: '5' },
  ],
};

/** What a tar can do, and a zip can't. */
const TAR_NAMES: Hostile = {
  ...NAMES,
  'an owner that looks like columns': () => [good, { name: '../../../outside/f', body: 'evil', owner: 'a 1 2024-01-01 00:00 ok' }],
  'a name with a line feed': () => [good, { name: 'd/\n../../../outside/f', body: 'evil' }],
};

/** GNU tar shows them without what leads out, and then can't make them. */
const HARD_LINKS: Hostile = {
  'a hard link to a file outside': (outside) => [
    { name: 'h', type: '1', target: `${outside}/f` },
    { name: 'h', body: 'evil' },
  ],
  'a hard link above the project': () => [{ name: 'h', type: '1', target: '../../../outside/f' }],
};

const TAR_LINKS: Hostile = {
  ...LINKS,
  'a link that an owner hides': (outside) => [
    { name: 'l', type: '2', target: outside, owner: 'a 1 2024-01-01 00:00 ok' },
    { name: 'l/f', body: 'evil' },
  ],
  'a link with an arrow in its name': (outside) => [
    { name: 'l -> x', type: '2', target: outside },
    { name: 'l -> x/f', body: 'evil' },
  ],
  'a device': () => [good, { name: 'null', type: '3' }],
  'a FIFO': () => [good, { name: 'pipe', type: '6' }],
};

/** bash has the tools that dash has; busybox brings its own. */
const WITH_THEIR_TOOLS = SHELLS.filter(({ name }) => name !== 'bash');

describe.each(WITH_THEIR_TOOLS)('an archive under $name', (shell) => {
  /** Restores it in a worker that has a file outside of the project, and gives what became of both. */
  async function restored(archive: (outside: string) => Buffer) {
    await using worker = await CachedWorker.start(shell, rig, { mine: 'mine' });
    const outside = `${worker.folder}/outside`;
    await mkdir(outside);
    await writeFile(`${outside}/f`, 'untouched');
    const key = `hostile-${shell.name}`;
    await rig.put(key, archive(outside));
    const { code, output } = await worker.restore({ key, paths: ['d'] });
    return {
      code,
      output,
      outside: [await readdir(outside), await readFile(`${outside}/f`, 'utf8')],
      project: (await worker.run('find . | sort')).output,
    };
  }

  const untouched = { code: 0, outside: [['f'], 'untouched'], project: '.\n./mine\n' };
  const isRefused = expect.stringMatching(/WARNING: the archive is refused: .*\n.*WARNING: Failed to extract cache/);

  const expected = { ...untouched, output: isRefused };
  const inside = { ...untouched, output: expect.any(String), project: expect.stringContaining('./mine\n') };
  const named = shell.name === 'busybox' ? inside : expected;

  it.each(Object.entries(TAR_NAMES))('of tar with %s writes nothing outside', async (_, entries) => {
    expect(await restored((outside) => gzipSync(hostileTar(entries(outside))))).toEqual(named);
  });

  it.each(Object.entries(NAMES))('of zip with %s writes nothing outside', async (_, entries) => {
    expect(await restored((outside) => hostileZip(entries(outside)))).toEqual(named);
  });

  it.each(Object.entries(TAR_LINKS))('of tar with %s is refused as a whole', async (_, entries) => {
    expect(await restored((outside) => gzipSync(hostileTar(entries(outside))))).toEqual(expected);
  });

  it.each(Object.entries(HARD_LINKS))('of tar with %s writes nothing outside', async (_, entries) => {
    const output = expect.stringMatching(/WARNING: the archive is (refused|broken): .*\n.*WARNING: Failed to extract cache/);
    expect(await restored((outside) => gzipSync(hostileTar(entries(outside))))).toEqual({ ...untouched, output });
  });

  it.each(Object.entries(LINKS))('of zip with %s writes nothing outside', async (_, entries) => {
    const linked = await restored((outside) => hostileZip(entries(outside)));
    expect(linked).toEqual(shell.name === 'busybox' ? { ...inside, output: expect.any(String) } : expected);
  });

  it('may have links that lead anywhere, and names that only look hostile', async () => {
    const entries: readonly HostileEntry[] = [
      { name: 'venv/bin/', type: '5' },
      { name: 'venv/bin/python', type: '2', target: '/usr/bin/python3' },
      { name: 'venv/bin/up', type: '2', target: '../../up' },
      { name: 'venv/bin/python.py', body: 'x' },
      { name: '..d/...', body: 'x' },
      { name: 'a -> b', body: 'x' },
      { name: 'hard', type: '1', target: 'a -> b' },
    ];
    const { output, project } = await restored(() => gzipSync(hostileTar(entries)));
    expect([project, output.includes('Successfully extracted cache')]).toEqual([
      './mine ./venv ./venv/bin ./venv/bin/python ./venv/bin/python.py ./venv/bin/up ./..d ./..d/... ./a -> b ./hard .'
        .split(/ (?=\.)/)
        .sort()
        .join('\n')
        .concat('\n'),
      true,
    ]);
  });

  it('of zip may have links too', async () => {
    const entries = [
      { name: 'd/f', body: 'x' },
      { name: 'd/l', target: 'f' },
    ];
    const { output, project } = await restored(() => hostileZip(entries));
    expect([project, output.includes('Successfully extracted cache')]).toEqual(['.\n./d\n./d/f\n./d/l\n./mine\n', true]);
  });
});
