import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ManualClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { jobStoreContract } from '../job-store.contract.ts';
import { encodeRecord } from '../record-codec.ts';
import { sampleRecord } from '../sample-record.test-double.ts';
import { DirectoryStore } from './directory-store.ts';

async function makeRig(clock: ManualClock) {
  const path = await mkdtemp(join(tmpdir(), 'directory-store-'));
  return {
    path,
    open: () => DirectoryStore.open({ path: join(path, 'store'), clock, random: systemRandom }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

jobStoreContract('directory', makeRig);

describe('DirectoryStore', () => {
  it('lets nobody else look: folders 0700, files 0600', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: '1' }));
    await store.replace(sampleRecord({ jobId: '1', generation: 2 }), '1');
    await store.beat('owner-1', { released: false });
    await store.takeSystemId(
      'owner-1',
      () => false,
      () => 'r_000000000000',
    );
    const modes = new Set<string>();
    for (const entry of await readdir(rig.path, { recursive: true, withFileTypes: true })) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      modes.add(`${entry.isDirectory() ? 'folder' : 'file'} ${(mode & 0o777).toString(8)}`);
    }
    expect([...modes].sort()).toEqual(['file 600', 'folder 700']);
  });

  it('keeps the content of the newest version only', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: '1' }));
    for (const version of [1, 2, 3]) await store.replace(sampleRecord({ jobId: '1', generation: version + 1 }), String(version));
    await store.replace(sampleRecord({ jobId: '1', phase: 'done' }), '4');
    expect(await allText(rig.path)).not.toContain('in-clear');
    expect(await readdir(join(rig.path, 'store', 'staging'))).toEqual([]);
  });

  it.each(['staged', 'folder made', 'linked'])('is readable after a crash when the next version was just %s', async (point) => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: '1' }));
    const staged = join(rig.path, 'store', 'staging', '1-leftover');
    if (point === 'folder made') await mkdir(join(rig.path, 'store', 'jobs', '2'));
    else await writeFile(staged, encodeRecord(sampleRecord({ jobId: '1', generation: 2 }), 0));
    if (point === 'linked') await link(staged, join(rig.path, 'store', 'jobs', '1', '2.json'));
    const { records, unreadable } = await store.list();
    expect(unreadable).toEqual([]);
    expect(records.map(({ record, version }) => [record.generation, version])).toEqual([point === 'linked' ? [2, '2'] : [1, '1']]);
    const version = records[0]?.version ?? '';
    expect((await store.replace(sampleRecord({ jobId: '1', generation: 3 }), version)).kind).toBe('replaced');
    expect((await store.create(sampleRecord({ jobId: '2' }))).kind).toBe('created');
  });

  it('sweeps what a crash left behind once it is old', async () => {
    const clock = new ManualClock();
    await using rig = await makeRig(clock);
    const store = await rig.open();
    await mkdir(join(rig.path, 'store', 'jobs', '2'));
    const seconds = clock.now() / 1000;
    for (const [name, age] of [
      ['old', 3601],
      ['young', 3599],
    ] as const) {
      await writeFile(join(rig.path, 'store', 'staging', name), '');
      await utimes(join(rig.path, 'store', 'staging', name), seconds - age, seconds - age);
    }
    expect(await store.sweep(0)).toBe(0);
    expect(await readdir(join(rig.path, 'store', 'staging'))).toEqual(['young']);
    expect(await readdir(join(rig.path, 'store', 'jobs'))).toEqual([]);
  });

  it('names a record it cannot read, and drops nothing', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: 'Bad/1' }));
    await store.create(sampleRecord({ jobId: 'good' }));
    const [bad = ''] = (await readdir(join(rig.path, 'store', 'jobs'))).filter((name) => name !== 'good');
    await writeFile(join(rig.path, 'store', 'jobs', bad, '1.json'), '{"jobToken":"job-token-in-clear"');
    const { records, unreadable } = await store.list();
    expect(records.map(({ record }) => record.jobId)).toEqual(['good']);
    expect(unreadable).toEqual([{ jobId: 'Bad/1', cause: 'not JSON' }]);
    await expect(store.read('Bad/1')).rejects.toThrow("the record of job Bad/1 can't be read: not JSON");
  });

  it('gives an owner with a broken heartbeat an etag that stands still', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.beat('owner-1', { released: true });
    await writeFile(join(rig.path, 'store', 'owners', 'owner-1.json'), '');
    const before = await store.owners();
    expect(before).toEqual([{ owner: 'owner-1', etag: expect.any(String), released: false }]);
    expect(await store.owners()).toEqual(before);
  });

  it('has one winner per version when two processes hammer one record', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: '1' }));
    const rivals = ['a', 'b'].map((owner) => startRival(join(rig.path, 'store'), owner, 40));
    const wins = (await Promise.all(rivals.map(winsOf))).flat();
    const versions = wins.map(Number).sort((a, b) => a - b);
    expect(versions).toEqual(Array.from({ length: 80 }, (_, at) => at + 2));
    expect((await store.read('1'))?.version).toBe('81');
  });

  it('is readable after a writer was killed at any moment', async () => {
    await using rig = await makeRig(new ManualClock());
    const store = await rig.open();
    await store.create(sampleRecord({ jobId: '1' }));
    for (const wins of [1, 2, 5]) {
      const rival = startRival(join(rig.path, 'store'), `killed-after-${wins}`, 10_000);
      let seen = 0;
      for await (const _ of createInterface({ input: rival.stdout })) {
        if (++seen === wins) rival.kill('SIGKILL');
      }
      const { records, unreadable } = await store.list();
      expect([records.length, unreadable]).toEqual([1, []]);
      expect(records[0]?.record.owner).toBe(`killed-after-${wins}`);
      expect((await store.replace(sampleRecord({ jobId: '1', owner: 'next' }), records[0]?.version ?? '')).kind).toBe('replaced');
    }
  });
});

function startRival(path: string, owner: string, rounds: number) {
  const program = fileURLToPath(new URL('./rival-writer.fixture.mjs', import.meta.url));
  return spawn(process.execPath, ['--import', 'tsx', '--conditions', 'source', program, path, owner, String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function winsOf(rival: ReturnType<typeof startRival>): Promise<string[]> {
  const wins: string[] = [];
  const ended = once(rival, 'exit');
  for await (const line of createInterface({ input: rival.stdout })) wins.push(line);
  expect(await ended).toEqual([0, null]);
  return wins;
}

async function allText(path: string): Promise<string> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const texts = entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}
