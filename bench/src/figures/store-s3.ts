import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
import { S3Objects } from '../../../packages/manager/src/store/s3/s3-objects.ts';
import { S3Store } from '../../../packages/manager/src/store/s3/s3-store.ts';
import type { Figure, Row } from '../figure.ts';
import { jobTimes } from '../job-times.ts';
import { s3Dollars } from '../s3-prices.ts';

const STEPS = 10;
const MONTH_S = 30 * 86_400;
const WRITERS = 32;

/** What records in S3 cost: requests of a job and of a manager that waits, and a look at a store that is full. */
export const storeS3: Figure = {
  name: 'store-s3',
  withinMs: 600_000,
  measure: async (means) => {
    const rig = await means.rigs.start({ store: 's3', gitlab: { updateIntervalSeconds: 3 } });
    const manager = await rig.startManager();
    await manager.logged('runner.verified');
    const idle = await idleRequests(rig, means.quick ? 6 : 60);
    const jobs = await jobRequests(rig, means.quick ? 2 : 20);
    const text = await aRecord(rig);
    await manager.kill('SIGKILL');
    const listing = await listRecords(rig, { text, count: means.quick ? 200 : 10_000 });
    await means.rigs.end(rig);
    return { rows: [...jobRows(jobs), ...idleRows(idle), ...listing.rows], details: { jobs, idle, ...listing.details } };
  },
};

type Counts = Readonly<Record<string, number>>;

/** Requests about each of so many jobs, that is, with its id for a name. */
async function jobRequests(rig: Rig, jobs: number): Promise<readonly Counts[]> {
  const steps = Array.from({ length: STEPS }, (_, at) => ({
    name: `part${at + 1}`,
    script: ['true'],
    timeout: 3600,
    when: 'on_success',
    allow_failure: false,
  }));
  const ended = await Promise.all(Array.from({ length: jobs }, () => jobTimes(rig, { payload: { steps } })));
  for (const { jobId } of ended) while (!(await rig.records.textOf(jobId)).includes('"phase":"done"')) await systemClock.sleep(50);
  const calls = await rig.aws.control.s3Calls();
  return ended.map(({ jobId }) => {
    const own = calls.filter(({ parameters: { key } }) => typeof key === 'string' && key.endsWith(`/${jobId}`));
    return countsOf(own.map(({ action }) => action));
  });
}

/** Requests of a manager that waits for work, in so many seconds, at the times of a real deployment. */
async function idleRequests(rig: Rig, seconds: number): Promise<Counts> {
  await rig.aws.control.clearCalls();
  await systemClock.sleep(seconds * 1000);
  const counts = await rig.aws.control.s3CallCounts();
  return Object.fromEntries([...counts].map(([action, count]) => [action, (count * MONTH_S) / seconds]));
}

/** The text of the record of a job that runs. */
async function aRecord(rig: Rig): Promise<string> {
  const { id } = await rig.gitlab.control.enqueueJob({ script: ['sleep 600'] });
  for (;;) {
    const text = await rig.records.textOf(id).catch(() => '');
    if (text.includes('"step_script"')) return text.replace(`"jobId":"${id}"`, '"jobId":"@"');
    await systemClock.sleep(50);
  }
}

async function listRecords(rig: Rig, of: { readonly text: string; readonly count: number }) {
  const { bucket, prefix, region } = rig.records.bucket;
  const place = { bucket, prefix, region, endpoint: rig.aws.url, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  const tools = { ...place, clock: systemClock, random: systemRandom, timeoutMs: 30_000 };
  const objects = new S3Objects(tools);
  const ids = Array.from({ length: of.count }, (_, at) => `9${String(at).padStart(8, '0')}`);
  const rest = ids.values();
  const write = async () => {
    for (const id of rest) await objects.put(`jobs/${id}`, of.text.replace('"jobId":"@"', `"jobId":"${id}"`));
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  const store = new S3Store(tools);
  const looks = [await look(rig, store, of.count), await look(rig, store, of.count)] as const;
  store.close();
  objects.close();
  const [first, next] = looks;
  const at = `${of.count} records in S3`;
  const rows: Row[] = [
    { figure: `${at}: the first look`, unit: 's', values: [first.seconds] },
    { figure: `${at}: its requests`, unit: 'requests', values: [first.requests] },
    { figure: `${at}: the next look, nothing changed`, unit: 's', values: [next.seconds] },
    { figure: `${at}: its requests`, unit: 'requests', values: [next.requests] },
  ];
  return { rows, details: { recordBytes: of.text.length, looks } };
}

async function look(rig: Rig, store: S3Store, count: number) {
  await rig.aws.control.clearCalls();
  const begun = systemClock.monotonic();
  const { records, unreadable } = await store.list();
  const seconds = (systemClock.monotonic() - begun) / 1000;
  if (records.length < count || unreadable.length > 0) throw new Error(`${records.length} records listed, ${unreadable.length} unreadable`);
  const counts = await rig.aws.control.s3CallCounts();
  return { seconds, requests: [...counts.values()].reduce((sum, one) => sum + one, 0), counts: Object.fromEntries(counts) };
}

function jobRows(jobs: readonly Counts[]): Row[] {
  const of = (...actions: readonly string[]) => jobs.map((counts) => actions.reduce((sum, action) => sum + (counts[action] ?? 0), 0));
  const dollars = jobs.map((counts) => s3Dollars(new Map(Object.entries(counts))) * 1000);
  return [
    { figure: `store writes of a job of ${STEPS} steps`, unit: 'PUT', values: of('PutObject') },
    { figure: `store reads of a job of ${STEPS} steps`, unit: 'GET, HEAD', values: of('GetObject', 'HeadObject') },
    { figure: `the store's price for 1,000 jobs of ${STEPS} steps`, unit: 'US cents', values: dollars.map((dollar) => dollar * 100) },
  ];
}

function idleRows(idle: Counts): Row[] {
  const dollars = s3Dollars(new Map(Object.entries(idle)));
  return [{ figure: "the store's price for one waiting manager and month", unit: 'US dollars', values: [dollars] }];
}

function countsOf(actions: readonly string[]): Counts {
  const counts: Record<string, number> = {};
  for (const action of actions) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
