import { join } from 'node:path';
import { Secret, systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import type { Rig } from '@fargate-gitlab-runner/testkit';
// The bench is outside the fences: it measures what the manager's rooms cost one by one, and no package's front door shows them.
import { shimFolderOf } from '../../packages/blueprint/src/index.ts';
import { load, quietAwsSdkNotice } from '../../packages/config/src/index.ts';
import { AwsEcsGateway } from '../../packages/manager/src/fleet/aws/aws-ecs-gateway.ts';
import { buildPlacement } from '../../packages/manager/src/fleet/placement-request.ts';
import { ShimClient } from '../../packages/manager/src/transport/shim/shim-client.ts';
import { makeClientKey } from '../../packages/manager/src/transport/ssh/client-key.ts';
import { SshTransport } from '../../packages/manager/src/transport/ssh/ssh-transport.ts';
import type { ConnectTarget, Session } from '../../packages/manager/src/transport/transport.ts';

const LOOK_MS = 50;

/** A worker without a job: the connection and the shim that a manager would have. Disposing it closes the connection only. */
export interface BenchWorker extends AsyncDisposable {
  readonly session: Session;
  readonly shim: ShimClient;
}

/** Starts a worker in the rig's ECS, from the rig's own configuration, and connects to it as a manager does. */
export async function startBenchWorker(rig: Rig, signal: AbortSignal): Promise<BenchWorker> {
  const placementId = systemRandom.hex(12);
  const { clientKey, publicKey } = makeClientKey();
  const place = await startTask(rig, { placementId, publicKey, signal });
  const session = await connected({ ...place, clientKey }, signal);
  const shim = new ShimClient({ session, generation: 1, folder: shimFolderOf(placementId), orphanTimeoutS: 1500 });
  const opened = await shim.open(signal);
  if (opened.kind !== 'ok') throw new Error(`the shim did not open: ${JSON.stringify(opened)}`);
  return { session, shim, [Symbol.asyncDispose]: async () => session[Symbol.asyncDispose]() };
}

async function connected(target: Omit<ConnectTarget, 'timeoutMs' | 'handshakeTimeoutMs'>, signal: AbortSignal): Promise<Session> {
  for (;;) {
    const outcome = await new SshTransport().connect({ ...target, timeoutMs: 1000, handshakeTimeoutMs: 1000 }, signal);
    if (outcome.kind === 'connected') return outcome.session;
    await systemClock.sleep(LOOK_MS, signal);
  }
}

async function startTask(rig: Rig, of: { readonly placementId: string; readonly publicKey: string; readonly signal: AbortSignal }) {
  const loaded = load({ env: {}, file: join(rig.folder, 'manager.json') });
  const runner = loaded.kind === 'config' ? loaded.config.runners[0] : undefined;
  if (!runner) throw new Error("the rig's configuration has no runner");
  const { region, runTask } = buildPlacement({
    ...of,
    runner,
    nonce: new Secret('bench'),
    jobId: '1',
    deployment: 'bench',
    storeId: '0'.repeat(24),
    deadlineInS: 3600,
  });
  quietAwsSdkNotice();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const gateway = new AwsEcsGateway({ clock: systemClock, endpoint: rig.aws.url, credentials });
  const answer = await gateway.runTask(region, runTask, of.signal);
  gateway.close();
  const [taskArn] = answer.kind === 'answered' ? answer.tasks.map((task) => task.taskArn) : [];
  if (taskArn === undefined) throw new Error(`there is no worker: ${JSON.stringify(answer)}`);
  return { host: await addressOf(rig, taskArn, of.signal), port: runner.worker.sshPort, user: runner.worker.sshUser };
}

async function addressOf(rig: Rig, taskArn: string, signal: AbortSignal): Promise<string> {
  for (;;) {
    const task = (await rig.aws.control.tasks()).find((one) => one.taskArn === taskArn);
    if (task?.lastStatus === 'RUNNING' && task.address !== undefined) return task.address;
    if (!task || task.lastStatus === 'STOPPED') throw new Error(`the worker stopped: ${task?.stoppedReason}`);
    await systemClock.sleep(LOOK_MS, signal);
  }
}
