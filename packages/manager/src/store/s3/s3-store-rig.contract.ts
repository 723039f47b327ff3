import { type AwsEmulator, AwsControl, startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { type Clock, type ManualClock, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { S3Objects, type S3ObjectsOptions } from './s3-objects.ts';
import { S3Store } from './s3-store.ts';

const BUCKET = 'records';
const PREFIX = 'dev/';

/** Stores over one bucket of an emulator that goes by the test's clock. */
export interface S3StoreRig extends AsyncDisposable {
  readonly control: AwsControl;
  open(options?: Partial<S3ObjectsOptions>): Promise<S3Store>;
  /** The bucket below the stores' prefix, for what no store would do. */
  raw(): Promise<S3Objects>;
  /** What lies below a folder (`jobs/`), by key without prefix. */
  objects(folder: string): Promise<ReadonlyMap<string, string>>;
}

/** Starts a rig. The stores tell the time by `clock`, and wait by the machine's: an emulator on the wire takes real time. */
export async function startS3StoreRig(clock: ManualClock): Promise<S3StoreRig> {
  const random = seededRandom(20260101);
  const emulator: AwsEmulator = await startAwsEmulator(
    { region: 'eu-west-1', worker: { kind: 'none' }, s3: { buckets: [BUCKET] } },
    { clock, random },
  );
  const control = new AwsControl(emulator.url);
  const waiting: Clock = { now: () => clock.now(), monotonic: () => clock.monotonic(), sleep: systemClock.sleep };
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const place = { bucket: BUCKET, prefix: PREFIX, region: 'eu-west-1', endpoint: emulator.url, credentials, clock: waiting, random };
  const opened: { close(): void }[] = [];
  const kept = <T extends { close(): void }>(one: T): T => {
    opened.push(one);
    return one;
  };
  return {
    control,
    open: async (options = {}) => kept(new S3Store({ ...place, ...options })),
    raw: async () => kept(new S3Objects(place)),
    objects: async (folder) => {
      const objects = await control.s3Objects(BUCKET, PREFIX + folder);
      return new Map(objects.map(({ key, text }) => [key.slice(PREFIX.length), text]));
    },
    [Symbol.asyncDispose]: async () => {
      for (const one of opened) one.close();
      await emulator.close();
    },
  };
}
