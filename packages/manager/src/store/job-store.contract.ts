import { ManualClock, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import type { JobStore } from './job-store.ts';
import type { RunnerToken } from './runner-token.ts';
import { sampleRecord } from './sample-record.test-double.ts';

/** One store under test. `open` gives another manager's view of the same store. */
export interface StoreRig extends AsyncDisposable {
  open(): Promise<JobStore>;
}

/** What every job store promises. `make` gives an empty one whose clock the suite moves; `races`: how many are run, 40 when absent. */
export function jobStoreContract(
  name: string,
  make: (clock: ManualClock) => Promise<StoreRig>,
  { races = 40 }: { readonly races?: number } = {},
): void {
  describe(`job store contract: ${name}`, () => {
    let clock: ManualClock;
    let rig: StoreRig;
    let store: JobStore;
    beforeEach(async () => {
      clock = new ManualClock();
      rig = await make(clock);
      store = await rig.open();
    });
    afterEach(() => rig[Symbol.asyncDispose]());
    const current = () => ({ clock, rig, store, races });

    describe('records', () => recordPromises(current));
    describe('tombstones', () => tombstonePromises(current));
    describe('heartbeats', () => heartbeatPromises(current));
    describe('system ids', () => systemIdPromises(current));
    describe('its own id', () => storeIdPromises(current));
    describe('runner tokens', () => runnerTokenPromises(current));
  });
}

type Current = () => { readonly clock: ManualClock; readonly rig: StoreRig; readonly store: JobStore; readonly races: number };

/** Creates the record; its version. */
async function created(store: JobStore, record: JobRecord): Promise<string> {
  const outcome = await store.create(record);
  expect(outcome.kind).toBe('created');
  return outcome.kind === 'created' ? outcome.version : '';
}

/** Replaces the record; its next version. */
async function replaced(store: JobStore, record: JobRecord, version: string): Promise<string> {
  const outcome = await store.replace(record, version);
  expect(outcome.kind).toBe('replaced');
  return outcome.kind === 'replaced' ? outcome.version : '';
}

function storeIdPromises(current: Current): void {
  it('is made once, and the same for every manager', async () => {
    const { store, rig } = current();
    const made: string[] = [];
    const make = () => {
      made.push((made.length + 1).toString(16).padStart(24, '0'));
      return made.at(-1) ?? '';
    };
    const others = await Promise.all([rig.open(), rig.open(), rig.open()]);
    const ids = await Promise.all([store, ...others].map((each) => each.storeId(make)));
    expect(new Set(ids).size).toBe(1);
    expect(made).toContain(ids[0]);
    const asked = made.length;
    expect(await (await rig.open()).storeId(make)).toBe(ids[0]);
    expect(made.length).toBe(asked);
  });
}

function recordPromises(current: Current): void {
  it('gives back what was created, secrets included', async () => {
    const { store } = current();
    const record = sampleRecord({ placements: [{ id: 'p1', region: 'eu-west-1', request: '{"count":1}' }] });
    const version = await created(store, record);
    const stored = await store.read(record.jobId);
    expect(stored?.version).toBe(version);
    expect(stored?.record).toEqual(record);
    expect(stored?.record.jobToken.reveal()).toBe('job-token-in-clear');
  });

  it('knows nothing of a job that nobody created', async () => {
    const { store } = current();
    expect(await store.read('1')).toBeUndefined();
    expect(await store.replace(sampleRecord({ jobId: '1' }), '1')).toEqual({ kind: 'gone' });
    expect(await store.list()).toEqual({ records: [], unreadable: [] });
  });

  it('creates a job once', async () => {
    const { store, rig } = current();
    await store.create(sampleRecord());
    const other = await rig.open();
    expect(await other.create(sampleRecord({ owner: 'owner-2' }))).toEqual({ kind: 'exists' });
    expect((await store.read(sampleRecord().jobId))?.record.owner).toBe('owner-1');
  });

  it('replaces only the version that was named', async () => {
    const { store } = current();
    const first = await created(store, sampleRecord());
    const second = await replaced(store, sampleRecord({ generation: 2 }), first);
    for (const version of [first, '7', 'other'])
      expect(await store.replace(sampleRecord({ generation: 3 }), version)).toEqual({ kind: 'conflict' });
    const { records } = await store.list();
    expect(records.map(({ record, version }) => [record.generation, version])).toEqual([[2, second]]);
  });

  it('never has the same version again, also when a text comes back', async () => {
    const { store } = current();
    const first = await created(store, sampleRecord());
    const other = await replaced(store, sampleRecord({ generation: 2 }), first);
    const again = await replaced(store, sampleRecord(), other);
    expect(new Set([first, other, again]).size).toBe(3);
    expect(await store.replace(sampleRecord({ generation: 9 }), first)).toEqual({ kind: 'conflict' });
  });

  it('sees what another manager wrote, in the next read and the next list', async () => {
    const { store, rig } = current();
    const version = await created(store, sampleRecord());
    await store.list();
    const other = await rig.open();
    const second = await replaced(other, sampleRecord({ generation: 2 }), version);
    expect((await store.read(sampleRecord().jobId))?.version).toBe(second);
    expect((await store.list()).records.map(({ record }) => record.generation)).toEqual([2]);
    await replaced(other, sampleRecord({ generation: 2, phase: 'done' }), second);
    expect((await store.list()).records).toEqual([]);
  });

  it('leaves out of a list what the caller knows already', async () => {
    const { store } = current();
    for (const jobId of ['1', '2', '3']) await store.create(sampleRecord({ jobId }));
    const { records } = await store.list((jobId) => jobId === '2');
    expect(records.map(({ record }) => record.jobId).sort()).toEqual(['1', '3']);
  });

  it('takes a write that is tried again for the same write', async () => {
    const { store } = current();
    const { clock } = current();
    const first = await created(store, sampleRecord());
    expect(await created(store, sampleRecord())).toBe(first);
    const second = await replaced(store, sampleRecord({ generation: 2 }), first);
    expect(await replaced(store, sampleRecord({ generation: 2 }), first)).toBe(second);
    await replaced(store, sampleRecord({ generation: 2, phase: 'done' }), second);
    await clock.advance(5000);
    await replaced(store, sampleRecord({ generation: 2, phase: 'done' }), second);
  });

  it('keeps jobs with hostile ids apart', async () => {
    const { store } = current();
    const ids = [
      '..',
      '.',
      '',
      '/',
      '../../etc/passwd',
      'A',
      'a',
      '%',
      '%0041',
      '\ud800',
      '\udfff',
      'a\u0000b',
      'é',
      '1',
      'x'.repeat(5000),
      `${'x'.repeat(5000)}y`,
    ];
    for (const jobId of ids) await created(store, sampleRecord({ jobId }));
    for (const jobId of ids) expect((await store.read(jobId))?.record.jobId).toBe(JSON.parse(JSON.stringify(jobId)));
    expect((await store.list()).records).toHaveLength(ids.length);
  });

  it('lets exactly one writer win each version, however three of them interleave', async () => {
    const operation = fc.record({ writer: fc.nat({ max: 2 }), act: fc.constantFrom('create', 'read', 'replace', 'replace') });
    const rounds = fc.array(fc.array(operation, { minLength: 1, maxLength: 6 }), { maxLength: 6 });
    let job = 0;
    const writers = await Promise.all([0, 1, 2].map(() => current().rig.open()));
    await fc.assert(
      fc.asyncProperty(rounds, async (script) => {
        await race(writers, `job-${job++}`, script);
      }),
      { numRuns: current().races, seed: 20260101 },
    );
  });
}

/** Runs the operations of each round at the same time, and checks who won. */
async function race(
  writers: readonly JobStore[],
  jobId: string,
  script: readonly (readonly { writer: number; act: string }[])[],
): Promise<void> {
  const won = new Map<string, string>();
  const succeeded = new Set<string>();
  const known = new Map<number, string>();
  let serial = 0;
  const run = async ({ writer, act }: { writer: number; act: string }) => {
    const store = writers[writer];
    if (!store) return;
    const owner = `writer-${writer}-${serial++}`;
    if (act === 'read') known.set(writer, (await store.read(jobId))?.version ?? 'none');
    const named = act === 'create' ? 'none' : (known.get(writer) ?? 'none');
    const record = sampleRecord({ jobId, owner });
    const outcome = act === 'create' ? await store.create(record) : act === 'replace' ? await store.replace(record, named) : undefined;
    if (outcome?.kind !== 'created' && outcome?.kind !== 'replaced') return;
    expect([won.has(outcome.version), succeeded.has(named)]).toEqual([false, false]);
    succeeded.add(named);
    won.set(outcome.version, owner);
    known.set(writer, outcome.version);
  };
  for (const round of script) await Promise.all(round.map(run));
  const last = await writers[0]?.read(jobId);
  expect(last === undefined).toBe(won.size === 0);
  expect(last?.record.owner).toBe(won.get(last?.version ?? ''));
  expect([...won.keys()].filter((version) => !succeeded.has(version))).toEqual(last ? [last.version] : []);
}

function tombstonePromises(current: Current): void {
  it('makes a done record a tombstone: unreadable, unlisted, and never replaced', async () => {
    const { store } = current();
    const first = await created(store, sampleRecord());
    const second = await replaced(store, sampleRecord({ phase: 'done' }), first);
    expect(await store.read(sampleRecord().jobId)).toBeUndefined();
    expect(await store.list()).toEqual({ records: [], unreadable: [] });
    expect(await store.replace(sampleRecord({ generation: 5 }), second)).toEqual({ kind: 'gone' });
    expect(await store.replace(sampleRecord({ generation: 5 }), first)).toEqual({ kind: 'gone' });
  });

  it('refuses to create a job that has a tombstone', async () => {
    const { store } = current();
    await replaced(store, sampleRecord({ phase: 'done' }), await created(store, sampleRecord()));
    expect(await store.create(sampleRecord({ owner: 'owner-2' }))).toEqual({ kind: 'exists' });
  });

  it('sweeps tombstones by age and nothing else', async () => {
    const { store, clock } = current();
    const versions = new Map<string, string>();
    for (const jobId of ['old', 'young', 'live']) versions.set(jobId, await created(store, sampleRecord({ jobId })));
    await replaced(store, sampleRecord({ jobId: 'old', phase: 'done' }), versions.get('old') ?? '');
    await clock.advance(60_000);
    await replaced(store, sampleRecord({ jobId: 'young', phase: 'done' }), versions.get('young') ?? '');
    await clock.advance(30_000);
    expect(await store.sweep(60_000)).toBe(1);
    expect(await store.sweep(60_000)).toBe(0);
    expect(await store.create(sampleRecord({ jobId: 'young', owner: 'o' }))).toEqual({ kind: 'exists' });
    await created(store, sampleRecord({ jobId: 'old', owner: 'o' }));
    expect((await store.list()).records.map(({ record }) => record.jobId).sort()).toEqual(['live', 'old']);
  });
}

function heartbeatPromises(current: Current): void {
  it('changes the etag with every beat and shows the release', async () => {
    const { store, rig } = current();
    const seen = new Set<string | undefined>();
    for (const released of [false, false, true, true]) {
      await store.beat('owner-1', { released });
      const owners = await (await rig.open()).owners();
      expect(owners.map(({ owner, released: isReleased }) => [owner, isReleased])).toEqual([['owner-1', released]]);
      seen.add(owners[0]?.etag);
    }
    expect(seen.size).toBe(4);
  });

  it('forgets an owner, also one it never knew', async () => {
    const { store } = current();
    await store.beat('../owner', { released: false });
    await store.beat('owner-2', { released: false });
    await store.forget('../owner');
    await store.forget('owner-3');
    expect((await store.owners()).map(({ owner }) => owner)).toEqual(['owner-2']);
  });
}

function systemIdPromises(current: Current): void {
  const maker = () => {
    const random = seededRandom(7);
    return () => `r_${random.hex(6)}`;
  };

  it('43: gives an owner the same id again', async () => {
    const { store, rig } = current();
    const id = await store.takeSystemId('owner-1', () => false, maker());
    expect(id).toMatch(/^r_[0-9a-zA-Z]{12}$/);
    expect(
      await (await rig.open()).takeSystemId(
        'owner-1',
        () => false,
        () => 'r_000000000000',
      ),
    ).toBe(id);
  });

  it('hands the id of a holder that is free to the next owner', async () => {
    const { store } = current();
    const make = maker();
    const id = await store.takeSystemId('owner-1', () => false, make);
    expect(await store.takeSystemId('owner-2', (holder) => holder === 'owner-1', make)).toBe(id);
    expect(await store.takeSystemId('owner-1', (holder) => holder !== 'owner-2', make)).not.toBe(id);
  });

  it('never gives one id to two owners that ask at the same time', async () => {
    const { rig } = current();
    const make = maker();
    await (await rig.open()).takeSystemId('gone', () => false, make);
    const owners = ['a', 'b', 'c', 'd', 'e'];
    const stores = await Promise.all(owners.map(() => rig.open()));
    const ids = await Promise.all(stores.map((store, at) => store.takeSystemId(owners[at] ?? '', (holder) => holder === 'gone', make)));
    expect(new Set(ids).size).toBe(owners.length);
  });

  it('43: refuses a made id that GitLab would not take', async () => {
    const { store } = current();
    await expect(
      store.takeSystemId(
        'owner-1',
        () => false,
        () => 'r_short',
      ),
    ).rejects.toThrow('not a system id');
  });
}

function runnerTokenPromises(current: Current): void {
  const aToken = (over: Partial<RunnerToken> = {}): RunnerToken => ({
    schema: 1,
    runner: 'dev',
    origin: 'digest',
    token: new Secret('glrtr-in-clear'),
    runnerId: '7',
    obtainedAt: 1000,
    ...over,
  });

  it('gives back the token that was written, to every manager', async () => {
    const { store, rig } = current();
    expect(await store.readRunnerToken('dev')).toBeUndefined();
    const token = aToken({ expiresAt: 5000, rotatingSince: 4000 });
    const written = await store.writeRunnerToken(token, undefined);
    const found = await (await rig.open()).readRunnerToken('dev');
    expect({ kind: 'written', version: found?.version }).toEqual(written);
    expect(found?.token).toEqual(token);
    expect(found?.token.token.reveal()).toBe('glrtr-in-clear');
    expect(await store.readRunnerToken('other')).toBeUndefined();
  });

  it('lets one writer win each version of a token, and takes the same write again for the same', async () => {
    const { store, rig } = current();
    const other = await rig.open();
    const first = await store.writeRunnerToken(aToken(), undefined);
    const version = first.kind === 'written' ? first.version : '';
    expect(await other.writeRunnerToken(aToken({ obtainedAt: 2 }), undefined)).toEqual({ kind: 'conflict' });
    expect(await other.writeRunnerToken(aToken(), undefined)).toEqual(first);
    expect((await other.writeRunnerToken(aToken({ obtainedAt: 2 }), version)).kind).toBe('written');
    expect(await store.writeRunnerToken(aToken({ obtainedAt: 3 }), version)).toEqual({ kind: 'conflict' });
    expect((await store.readRunnerToken('dev'))?.token.obtainedAt).toBe(2);
  });

  it('forgets the token of a runner with a hostile name, and begins anew', async () => {
    const { store } = current();
    const runner = '../dev/é';
    await store.writeRunnerToken(aToken({ runner }), undefined);
    await store.removeRunnerToken(runner);
    await store.removeRunnerToken('never there');
    expect(await store.readRunnerToken(runner)).toBeUndefined();
    expect((await store.writeRunnerToken(aToken({ runner, obtainedAt: 9 }), undefined)).kind).toBe('written');
  });

  it('names every system id and its holder', async () => {
    const { store } = current();
    const random = seededRandom(7);
    const ids = [];
    for (const owner of ['a', 'b'])
      ids.push({
        holder: owner,
        id: await store.takeSystemId(
          owner,
          () => false,
          () => `r_${random.hex(6)}`,
        ),
      });
    expect([...(await store.systemIds())].sort((one, two) => one.holder.localeCompare(two.holder))).toEqual(ids);
  });
}
