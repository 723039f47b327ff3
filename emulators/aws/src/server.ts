import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { Hono } from 'hono';
import { mountControl } from './control/control-routes.ts';
import { Ecs } from './ecs/ecs.ts';
import { EcsApi } from './ecs/ecs-api.ts';
import { IamLog } from './iam/iam-log.ts';
import type { NodeBindings } from './node-bindings.ts';
import { type AwsOptions, type AwsOptionsInput, awsOptions } from './options.ts';
import { SmallServices } from './services/small-services.ts';
import { S3 } from './s3/s3.ts';
import { S3Api } from './s3/s3-api.ts';
import { IdleHost } from './worker/idle-host.ts';
import { LocalHost } from './worker/local-host.ts';
import { LoopbackAddresses } from './worker/loopback-addresses.ts';
import type { ProcessHost } from './worker/process-host.ts';

/** A running emulator. */
export interface AwsEmulator {
  /** Where it listens: the endpoint for AWS clients, and where the control routes are. */
  readonly url: string;
  /** Ends every task and the server, and leaves nothing behind. */
  close(): Promise<void>;
}

/** Starts an emulator in this process. Throws FieldError for options it can't read, EcsError for definitions that Fargate refuses. */
export async function startAwsEmulator(
  input: AwsOptionsInput,
  tools: { readonly clock: Clock; readonly random: Random },
): Promise<AwsEmulator> {
  const id = tools.random.hex(8);
  const options = awsOptions(input, id);
  const host = hostFor(options, id, tools.random);
  const ecs = new Ecs(options, { ...tools, host });
  const iam = new IamLog();
  const api = new EcsApi(ecs, iam);
  const app = new Hono<NodeBindings>();
  const services = new SmallServices(
    { region: options.region, account: options.account, accessKeys: options.s3.accessKeys },
    { ...tools, iam },
  );
  services.mount(app);
  api.mount(app);
  const s3 = new S3({ ...options.s3, region: options.region }, tools);
  const s3Api = new S3Api(s3, iam);
  mountControl(app, { ecs, calls: api.calls, s3, s3Calls: s3Api.calls, services, iam });
  s3Api.mount(app);
  const server = await listening(app, options.port);
  return {
    url: `http://127.0.0.1:${server.port}`,
    close: async () => {
      await server.close();
      await ecs.close();
    },
  };
}

function hostFor(options: AwsOptions, id: string, random: Random): ProcessHost {
  const addresses = new LoopbackAddresses(random);
  return options.worker.kind === 'none' ? new IdleHost(addresses) : new LocalHost(options.worker, { root: options.root, id, addresses });
}

function listening(app: Hono<NodeBindings>, port: number): Promise<{ port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, (info: AddressInfo) => resolve({ port: info.port, close }));
    server.once('error', reject);
    const close = () =>
      new Promise<void>((done) => {
        server.close(() => done());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
  });
}
