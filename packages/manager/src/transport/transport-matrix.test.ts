import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { shimContract, shimTroubleContract, type ShimWorker } from './shim/shim.contract.ts';
import { SshTransport } from './ssh/ssh-transport.ts';
import type { Session } from './transport.ts';
import { transportContract } from './transport.contract.ts';
import { bundledWorker, type CellKind, type CellWorker, targetOf, WorkerCell } from './worker-cell.contract.ts';

/** Every SSH server with every shell. The table of what passed is printed at the end, one line for each cell. */
const CELLS = (['ssh2', 'sshd'] as const).flatMap((server) => (['dash', 'busybox', 'bash'] as const).map((shell) => ({ server, shell })));

/** Six workers share the machine with whatever else runs there. */
const PATIENCE_MS = 90_000;

const passed = new Map<string, number>();
let bundle: Awaited<ReturnType<typeof bundledWorker>>;

beforeAll(async () => {
  bundle = await bundledWorker();
});

afterAll(async () => {
  await bundle.remove();
  const lines = [...passed].map(([name, count]) => `matrix: ${name}: ${count} behaviours ok\n`);
  process.stdout.write(lines.sort().join(''));
});

for (const kind of CELLS) describe.concurrent(nameOf(kind), { timeout: PATIENCE_MS }, () => cellTests(kind));

function nameOf({ server, shell }: CellKind): string {
  return `${server} × ${shell}`;
}

function cellTests(kind: CellKind): void {
  let cell: WorkerCell;
  let shared: CellWorker;
  let session: Session;

  beforeAll(async () => {
    cell = await WorkerCell.start(kind, bundle.entry);
    shared = await cell.worker();
    session = await cell.connect(shared);
  }, PATIENCE_MS);
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await cell[Symbol.asyncDispose]();
  }, PATIENCE_MS);
  afterEach(({ task }) => {
    if (task.result?.state === 'pass') passed.set(nameOf(kind), (passed.get(nameOf(kind)) ?? 0) + 1);
  });

  const asShimWorker = async (worker: CellWorker): Promise<ShimWorker> => ({
    nonce: worker.nonce,
    home: worker.home,
    session: await cell.connect(worker),
    connect: () => cell.connect(worker),
  });
  transportContract(it, () => ({ transport: new SshTransport(), target: targetOf(shared), session }));
  shimContract(it, () => ({ nonce: shared.nonce, home: shared.home, session, connect: () => cell.connect(shared) }));
  shimTroubleContract(it, {
    fresh: async () => {
      const worker = await cell.worker();
      return {
        ...(await asShimWorker(worker)),
        drop: () => cell.control.dropConnections(worker.taskArn),
        stopped: () => cell.control.awaitStopped(worker.taskArn),
      };
    },
    small: async (diskBytes) => asShimWorker(await cell.worker({ diskBytes, bareSessions: true })),
  });
}
