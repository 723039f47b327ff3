import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Clock, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { AwsControl } from '../control/aws-control.ts';
import { startAwsEmulator } from '../server.ts';

/** An emulator with one bucket, the official client for it, and the levers. */
export interface S3Rig extends AsyncDisposable {
  readonly url: string;
  readonly s3: S3Client;
  readonly control: AwsControl;
  /** Another client: other keys, another Region. */
  client(of?: { readonly id?: string; readonly secret?: string; readonly region?: string }): S3Client;
}

export const BUCKET = 'records';
const REGION = 'eu-west-1';

/** Starts a rig. The clients don't retry, so that a test sees every answer. */
export async function startS3Rig(clock: Clock = systemClock): Promise<S3Rig> {
  const options = {
    region: REGION,
    worker: { kind: 'none' as const },
    s3: { buckets: [BUCKET], accessKeys: { us: 'secret', them: 'other' } },
  };
  const emulator = await startAwsEmulator(options, { clock, random: seededRandom(process.pid) });
  const clients: S3Client[] = [];
  const client: S3Rig['client'] = ({ id = 'us', secret = 'secret', region = REGION } = {}) => {
    const made = new S3Client({
      endpoint: emulator.url,
      region,
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: id, secretAccessKey: secret },
    });
    clients.push(made);
    return made;
  };
  return {
    url: emulator.url,
    s3: client(),
    control: new AwsControl(emulator.url),
    client,
    [Symbol.asyncDispose]: async () => {
      for (const one of clients) one.destroy();
      await emulator.close();
    },
  };
}

/** The name of the error that a call ends in, with its HTTP status; `none` when it succeeds. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode} ${error.name}`;
    return error instanceof Error ? error.name : String(error);
  }
}
