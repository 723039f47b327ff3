import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ECSClient, RunTaskCommand } from '@aws-sdk/client-ecs';
import { WORKER_CONTAINER, WORKER_ENV, workerTaskDefinition } from '@fargate-gitlab-runner/blueprint';
import { AwsControl, startAwsEmulator, type WorkerFaults } from '@fargate-gitlab-runner/emulator-aws';
import { type Secret, Scope, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { build } from 'esbuild';
import { makeClientKey } from './ssh/client-key.ts';
import { SshTransport } from './ssh/ssh-transport.ts';
import type { Session } from './transport.ts';

const FAMILY = 'worker-of-the-contract';
const REGION = 'eu-west-1';
const CLUSTER = 'workers';

/** One place of the matrix: which SSH server runs which shell. */
export interface CellKind {
  readonly server: 'ssh2' | 'sshd';
  readonly shell: 'dash' | 'busybox' | 'bash';
}

/** Workers of one kind, each a task of an ECS emulator. */
export class WorkerCell implements AsyncDisposable {
  readonly control: AwsControl;
  readonly #scope: Scope;
  readonly #ecs: ECSClient;
  readonly #key = makeClientKey();

  private constructor(scope: Scope, url: string, ecs: ECSClient) {
    this.#scope = scope;
    this.control = new AwsControl(url);
    this.#ecs = ecs;
  }

  /** @param entry what `bundledWorker` gave */
  static async start(kind: CellKind, entry: string): Promise<WorkerCell> {
    const scope = new Scope();
    const worker = { kind: kind.server, shell: kind.shell, entry: [entry] };
    const taskDefinitions = [workerTaskDefinition({ family: FAMILY, image: 'example.test/worker:1', cpu: 256, memoryMiB: 512 })];
    const options = { region: REGION, throttling: false, clusters: [{ name: CLUSTER }], taskDefinitions, worker };
    const emulator = await startAwsEmulator(options, { clock: systemClock, random: systemRandom });
    scope.defer('the emulator', () => emulator.close());
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };
    const ecs = new ECSClient({ endpoint: emulator.url, region: REGION, credentials });
    scope.defer('the client', () => ecs.destroy());
    return new WorkerCell(scope, emulator.url, ecs);
  }

  async worker(faults?: WorkerFaults): Promise<CellWorker> {
    if (faults) await this.control.failWorkers(faults);
    const nonce = systemRandom.hex(16);
    const environment = [
      { name: WORKER_ENV.sshPublicKey, value: this.#key.publicKey },
      { name: WORKER_ENV.nonce, value: nonce },
    ];
    const { tasks } = await this.#ecs.send(
      new RunTaskCommand({
        cluster: CLUSTER,
        taskDefinition: FAMILY,
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-1'] } },
        overrides: { containerOverrides: [{ name: WORKER_CONTAINER, environment }] },
      }),
    );
    const taskArn = tasks?.[0]?.taskArn ?? '';
    return { taskArn, nonce, clientKey: this.#key.clientKey, ...(await this.#running(taskArn)) };
  }

  /** A connection as soon as somebody listens and answers. */
  async connect(worker: CellWorker): Promise<Session> {
    for (;;) {
      const outcome = await new SshTransport().connect(targetOf(worker), new AbortController().signal);
      if (outcome.kind === 'connected') return outcome.session;
      if (outcome.kind !== 'refused' && outcome.kind !== 'timeout') throw new Error(`${outcome.kind}: ${outcome.cause}`);
      await systemClock.sleep(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope.close();
  }

  async #running(taskArn: string): Promise<{ readonly host: string; readonly home: string }> {
    for (;;) {
      const task = (await this.control.tasks()).find((one) => one.taskArn === taskArn);
      if (task?.lastStatus === 'RUNNING' && task.address && task.home) return { host: task.address, home: task.home };
      if (!task || task.lastStatus === 'STOPPED') throw new Error(`the worker is stopped: ${task?.stoppedReason}`);
      await systemClock.sleep(10);
    }
  }
}

/** One worker, and what it takes to get in. */
export interface CellWorker {
  readonly taskArn: string;
  readonly host: string;
  /** Its HOME, by the name it has inside and outside. */
  readonly home: string;
  readonly nonce: string;
  readonly clientKey: Secret;
}

/** How a worker of a cell is dialled. */
export function targetOf(worker: CellWorker) {
  return {
    host: worker.host,
    port: 2222,
    user: userInfo().username,
    clientKey: worker.clientKey,
    timeoutMs: 60_000,
    handshakeTimeoutMs: 60_000,
  };
}

/** The emulator's worker as one file, which starts faster than its sources. */
export async function bundledWorker(): Promise<{ readonly entry: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'worker-bundle-'));
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../../../../emulators/aws/src/worker/main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
    loader: { '.node': 'empty' },
    external: ['cpu-features'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;",
    },
  });
  return { entry: outfile, remove: () => rm(folder, { recursive: true, force: true }) };
}
