import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobStore } from '../store/job-store.ts';
import { MemoryJobStore } from '../store/memory-job-store.test-double.ts';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { flowRig, TIMES } from './flow-rig.test-double.ts';

const HOUR_MS = 3_600_000;

/** A rig whose store holds jobs of other owners already. */
async function rigWithJobs(jobs: readonly { readonly jobId: string; readonly owner: string; readonly runner?: string }[]) {
  const rig = flowRig({ concurrency: 2, runners: { dev: 2 } });
  for (const job of jobs) await rig.store.create(sampleRecord({ runner: 'dev', ...job }));
  return rig;
}

async function release(store: JobStore, owner: string): Promise<void> {
  await store.beat(owner, { released: true });
}

async function ownerOf(store: JobStore, jobId: string): Promise<string> {
  const found = await store.read(jobId);
  return `${found?.record.owner} ${found?.record.generation}`;
}

describe('Adoption', () => {
  it('claims the jobs of an owner that released them, with the next generation, and drives what it claimed', async () => {
    const { store, adoption, drives, told } = await rigWithJobs([{ jobId: '1', owner: 'left' }]);
    await release(store, 'left');
    await adoption.look();
    expect(await ownerOf(store, '1')).toBe('us 2');
    expect(drives.of('1').job).toEqual(await store.read('1'));
    expect(told('job.adopted')).toEqual([{ name: 'job.adopted', jobId: '1', runner: 'dev', from: 'left', generation: 2 }]);
  });

  it('changes nothing else in a record that it claims', async () => {
    const { store, adoption } = await rigWithJobs([{ jobId: '1', owner: 'left' }]);
    const before = await store.read('1');
    await release(store, 'left');
    await adoption.look();
    const after = await store.read('1');
    expect(after?.record).toEqual({ ...before?.record, owner: 'us', generation: 2 });
  });

  it('leaves the jobs of the living alone', async () => {
    const { store, adoption, clock, drives } = await rigWithJobs([{ jobId: '1', owner: 'alive' }]);
    for (let n = 0; n < 20; n++) {
      await store.beat('alive', { released: false });
      await adoption.look();
      await clock.advance(TIMES.lookMs);
    }
    expect([await ownerOf(store, '1'), drives.begun]).toEqual(['alive 1', []]);
  });

  it.each(['stands still', 'is missing'])('claims the jobs of an owner whose heartbeat %s long enough', async (what) => {
    const { store, adoption, clock } = await rigWithJobs([{ jobId: '1', owner: 'dead' }]);
    if (what === 'stands still') await store.beat('dead', { released: false });
    await adoption.look();
    await clock.advance(TIMES.staleMs - 1);
    await adoption.look();
    expect(await ownerOf(store, '1')).toBe('dead 1');
    await clock.advance(1);
    await adoption.look();
    expect(await ownerOf(store, '1')).toBe('us 2');
  });

  it('leaves the jobs of runners that we do not have to managers that have them', async () => {
    const { store, adoption, drives } = await rigWithJobs([
      { jobId: '1', owner: 'left', runner: 'other' },
      { jobId: '2', owner: 'left' },
    ]);
    await release(store, 'left');
    await adoption.look();
    expect([await ownerOf(store, '1'), drives.begun]).toEqual(['left 1', ['2']]);
  });

  describe('the job of a runner that no manager has any more', () => {
    /** Looks as often as a manager does for so long. */
    async function looking({ adoption, clock }: Pick<ReturnType<typeof flowRig>, 'adoption' | 'clock'>, ms: number): Promise<void> {
      for (let passed = 0; passed < ms; passed += TIMES.lookMs) {
        await clock.advance(TIMES.lookMs);
        await adoption.look();
      }
    }

    it('is claimed when nobody has taken it up for long enough, and not before', async () => {
      const rig = await rigWithJobs([{ jobId: '1', owner: 'left', runner: 'removed' }]);
      await release(rig.store, 'left');
      await rig.adoption.look();
      await looking(rig, TIMES.goneAfterMs - TIMES.lookMs);
      expect([await ownerOf(rig.store, '1'), rig.drives.begun]).toEqual(['left 1', []]);
      await looking(rig, TIMES.lookMs);
      expect([await ownerOf(rig.store, '1'), rig.drives.begun]).toEqual(['us 2', ['1']]);
    });

    it('is left alone while somebody drives it, and is waited for anew after that', async () => {
      const rig = await rigWithJobs([{ jobId: '1', owner: 'left', runner: 'removed' }]);
      await release(rig.store, 'left');
      await rig.adoption.look();
      await looking(rig, TIMES.goneAfterMs - TIMES.lookMs);
      await rig.store.beat('left', { released: false });
      const found = await rig.store.read('1');
      if (found) await rig.store.replace({ ...found.record, owner: 'rolled back' }, found.version);
      await rig.store.beat('rolled back', { released: false });
      await rig.adoption.look();
      await release(rig.store, 'rolled back');
      await looking(rig, TIMES.goneAfterMs);
      expect(rig.drives.begun).toEqual([]);
      await looking(rig, TIMES.lookMs);
      expect(rig.drives.begun).toEqual(['1']);
    });

    it('is left to its own deployment', async () => {
      const rig = await rigWithJobs([]);
      await rig.store.create(sampleRecord({ jobId: '1', owner: 'left', runner: 'removed', deployment: 'another' }));
      await release(rig.store, 'left');
      await looking(rig, 2 * TIMES.goneAfterMs);
      expect(rig.drives.begun).toEqual([]);
    });

    it('is driven again when its drive has failed', async () => {
      const rig = await rigWithJobs([{ jobId: '1', owner: 'left', runner: 'removed' }]);
      await release(rig.store, 'left');
      await looking(rig, TIMES.goneAfterMs + TIMES.lookMs);
      rig.drives.end('1', new Error('out of reach'));
      await looking(rig, TIMES.lookMs);
      expect([rig.drives.begun, await ownerOf(rig.store, '1')]).toEqual([['1', '1'], 'us 2']);
    });
  });

  it('drives our own job again when nobody drives it any more, without a new generation', async () => {
    const { store, adoption, clock, drives, slots } = await rigWithJobs([{ jobId: '1', owner: 'us' }]);
    await adoption.look();
    await adoption.look();
    expect(drives.begun).toEqual(['1']);
    drives.end('1', new Error('a defect'));
    await clock.advance(0);
    await adoption.look();
    expect([drives.begun, await ownerOf(store, '1'), slots.held()]).toEqual([['1', '1'], 'us 1', 1]);
  });

  it('seats adopted jobs beyond the limits', async () => {
    const jobs = ['1', '2', '3', '4', '5'].map((jobId) => ({ jobId, owner: 'left' }));
    const { store, adoption, drives, slots } = await rigWithJobs(jobs);
    await release(store, 'left');
    await adoption.look();
    expect([drives.now.length, slots.held('dev'), slots.free('dev')]).toEqual([5, 5, 0]);
  });

  it('claims sixteen jobs at a time, each next one as soon as one is through', async () => {
    const jobs = Array.from({ length: 40 }, (_, n) => ({ jobId: String(n), owner: 'left' }));
    const { store, adoption, clock, drives } = await rigWithJobs(jobs);
    await release(store, 'left');
    const replace = store.replace.bind(store);
    let open = 0;
    const seen: number[] = [];
    store.replace = async (record, version) => {
      seen.push(++open);
      // The first takes as long as all the others together.
      await clock.sleep(record.jobId === '0' ? 300 : 100);
      open--;
      return replace(record, version);
    };
    const looking = adoption.look();
    await clock.advance(0);
    expect(seen).toHaveLength(16);
    await clock.advance(100);
    expect(seen).toHaveLength(31);
    await clock.advance(200);
    await looking;
    expect([Math.max(...seen), drives.now.length]).toEqual([16, 40]);
  });

  it('gives up a claim that somebody else made first', async () => {
    const { store, adoption, drives, told } = await rigWithJobs([{ jobId: '1', owner: 'left' }]);
    await release(store, 'left');
    const found = await store.read('1');
    const list = store.list.bind(store);
    store.list = async () => {
      const listed = await list();
      if (found) await store.replace({ ...found.record, owner: 'rival', generation: 2 }, found.version);
      return listed;
    };
    await adoption.look();
    expect([await ownerOf(store, '1'), drives.begun, told('job.adopted')]).toEqual(['rival 2', [], []]);
  });

  it('lets one manager win each job, however many look at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 6 }), async (managers, jobs) => {
        const clock = new ManualClock();
        const store = new MemoryJobStore(clock);
        const ids = Array.from({ length: jobs }, (_, n) => String(n));
        for (const jobId of ids) await store.create(sampleRecord({ jobId, runner: 'dev', owner: 'left' }));
        await release(store, 'left');
        const rigs = Array.from({ length: managers }, (_, n) => flowRig({ clock, store, owner: `manager-${n}` }));
        await Promise.all(rigs.map((rig) => rig.adoption.look()));
        expect(rigs.flatMap((rig) => rig.drives.begun).sort()).toEqual(ids);
        for (const rig of rigs) {
          for (const jobId of rig.drives.now) expect(await ownerOf(store, jobId)).toBe(`${rig.ownership.owner} 2`);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('takes up at the next look what was recorded and released while it looked', async () => {
    const { store, adoption, drives } = await rigWithJobs([]);
    await store.beat('leaving', { released: false });
    const list = store.list.bind(store);
    store.list = async (except) => {
      const listed = await list(except);
      store.list = list;
      await store.create(sampleRecord({ jobId: '1', runner: 'dev', owner: 'leaving' }));
      await release(store, 'leaving');
      return listed;
    };
    await adoption.look();
    await adoption.look();
    expect(drives.begun).toEqual(['1']);
  });

  it('forgets those who left without jobs, unless there is a record that nobody can read', async () => {
    const clock = new ManualClock();
    const store = new MemoryJobStore(clock);
    const { adoption } = flowRig({ clock, store });
    await store.create(sampleRecord({ jobId: '1', runner: 'other', owner: 'with jobs' }));
    await store.create(sampleRecord({ jobId: '2', runner: 'other', owner: 'with jobs' }));
    for (const owner of ['with jobs', 'without']) await release(store, owner);
    const text = store.textOf('2') ?? '';
    store.corrupt('2', '{"schema":9}');
    await adoption.look();
    expect((await store.owners()).map(({ owner }) => owner)).toEqual(['with jobs', 'without']);
    store.corrupt('2', text);
    await adoption.look();
    expect((await store.owners()).map(({ owner }) => owner)).toEqual(['with jobs']);
  });

  it('claims nothing more once its signal has aborted', async () => {
    const jobs = Array.from({ length: 40 }, (_, n) => ({ jobId: String(n), owner: 'left' }));
    const { store, adoption, clock, drives } = await rigWithJobs(jobs);
    await release(store, 'left');
    const replace = store.replace.bind(store);
    store.replace = async (record, version) => {
      await clock.sleep(100);
      return replace(record, version);
    };
    const end = new AbortController();
    const looking = adoption.look(end.signal);
    await clock.advance(50);
    end.abort();
    await clock.advance(50);
    await looking;
    expect(drives.now.length).toBe(16);
  });

  it('tells which record it can not read, and adopts the others', async () => {
    const rig = flowRig();
    const store = new MemoryJobStore(rig.clock);
    const { adoption, drives, told } = flowRig({ clock: rig.clock, store });
    for (const jobId of ['1', '2']) await store.create(sampleRecord({ jobId, runner: 'dev', owner: 'left' }));
    store.corrupt('1', '{');
    await release(store, 'left');
    await adoption.look();
    expect(drives.begun).toEqual(['2']);
    expect(told('store.failed')).toMatchObject([{ operation: 'reading job 1' }]);
  });

  it('tells a store that fails, and looks again', async () => {
    const { store, adoption, drives, told } = await rigWithJobs([{ jobId: '1', owner: 'left' }]);
    await release(store, 'left');
    const owners = store.owners.bind(store);
    store.owners = () => Promise.reject(new Error('no route'));
    await adoption.look();
    expect(told('store.failed')).toEqual([{ name: 'store.failed', operation: 'looking for jobs', cause: 'Error: no route' }]);
    store.owners = owners;
    await adoption.look();
    expect(drives.begun).toEqual(['1']);
  });

  it('keeps looking, at once and then at its interval, until it is told to end', async () => {
    const { store, adoption, clock, drives } = await rigWithJobs([{ jobId: '1', owner: 'us' }]);
    const end = new AbortController();
    const looking = adoption.keepLooking(end.signal);
    await clock.advance(0);
    expect(drives.begun).toEqual(['1']);
    await store.create(sampleRecord({ jobId: '2', runner: 'dev', owner: 'us' }));
    await clock.advance(TIMES.lookMs - 1);
    expect(drives.begun).toEqual(['1']);
    await clock.advance(1);
    expect(drives.begun).toEqual(['1', '2']);
    end.abort();
    await looking;
    expect(clock.sleeping).toBe(0);
  });

  it('sweeps tombstones after two days, not before', async () => {
    const { store, adoption, clock } = await rigWithJobs([]);
    const created = await store.create(sampleRecord({ jobId: '1', runner: 'dev', owner: 'us' }));
    if (created.kind === 'created') await store.replace(sampleRecord({ jobId: '1', owner: 'us', phase: 'done' }), created.version);
    const lookOnce = async () => {
      const end = new AbortController();
      const looking = adoption.keepLooking(end.signal);
      await clock.advance(0);
      end.abort();
      await looking;
    };
    await clock.advance(48 * HOUR_MS - 1);
    await lookOnce();
    expect((await store.create(sampleRecord({ jobId: '1' }))).kind).toBe('exists');
    await clock.advance(2);
    await lookOnce();
    expect((await store.create(sampleRecord({ jobId: '1' }))).kind).toBe('created');
  });
});
