import { DescribeTasksCommand, ECSClient, type RunTaskCommandInput, type Task } from '@aws-sdk/client-ecs';
import { DEADLINE_CONTAINER, deadlineCommand, WORKER_CONTAINER, WORKER_ENV, workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { type Clock, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { AwsControl } from './control/aws-control.ts';
import type { AwsOptionsInput } from './options.ts';
import { startAwsEmulator } from './server.ts';

/** An emulator with one cluster and one worker definition, the official client for it, and the levers. */
export interface AwsRig extends AsyncDisposable {
  readonly url: string;
  readonly ecs: ECSClient;
  readonly control: AwsControl;
  /** A valid RunTask request; `more` wins. */
  request(more?: Partial<RunTaskCommandInput>): RunTaskCommandInput;
  describe(taskArn: string | undefined): Promise<Task>;
}

export const CLUSTER = 'workers';
export const FAMILY = 'task-hello-dev-runner-worker-small';

/** Starts a rig. Tasks have no processes unless the options say so. */
export async function startAwsRig(options: AwsOptionsInput = {}, clock: Clock = systemClock): Promise<AwsRig> {
  const taskDefinitions = [workerTaskDefinition({ family: FAMILY, image: 'example.test/worker:1', cpu: 256, memoryMiB: 512 })];
  const settings = { worker: { kind: 'none' as const }, clusters: [{ name: CLUSTER }], taskDefinitions, ...options };
  const emulator = await startAwsEmulator(settings, { clock, random: seededRandom(process.pid * 7 + counter++) });
  const ecs = ecsClient(emulator.url);
  return {
    url: emulator.url,
    ecs,
    control: new AwsControl(emulator.url),
    request: (more = {}) => ({ ...validRequest(), ...more }),
    describe: async (taskArn) => {
      const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: CLUSTER, tasks: [taskArn ?? ''], include: ['TAGS'] }));
      if (!tasks?.[0]) throw new Error(`${taskArn} is missing`);
      return tasks[0];
    },
    [Symbol.asyncDispose]: async () => {
      ecs.destroy();
      await emulator.close();
    },
  };
}

/** The official client, without retries, so that a test sees every answer. */
export function ecsClient(endpoint: string, region = 'eu-central-1'): ECSClient {
  return new ECSClient({ endpoint, region, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' }, maxAttempts: 1 });
}

/** The overrides that a manager sends. */
export function workerOverrides(publicKey: string, nonce = 'the-nonce'): NonNullable<RunTaskCommandInput['overrides']> {
  const environment = [
    { name: WORKER_ENV.sshPublicKey, value: publicKey },
    { name: WORKER_ENV.nonce, value: nonce },
    { name: WORKER_ENV.placement, value: 'placement-1' },
  ];
  return {
    containerOverrides: [
      { name: WORKER_CONTAINER, environment },
      { name: DEADLINE_CONTAINER, command: deadlineCommand(600) },
    ],
  };
}

let counter = 0;

function validRequest(): RunTaskCommandInput {
  return {
    cluster: CLUSTER,
    taskDefinition: FAMILY,
    capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
    startedBy: 'fgr/placement-1',
    tags: [{ key: 'owner', value: 'us' }],
  };
}
