import { systemClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { LocalSession } from '../../transport/shim/local-session.test-double.ts';
import type { ExecRequest, Session } from '../../transport/transport.ts';
import { StageRig } from '../../transport/stage-rig.contract.ts';
import { WorkerLink } from '../worker/worker-link.ts';
import { bytesFrom, bytesInto, WorkerCommandFailed, WorkerCut, wholeFile } from './worker-bytes.ts';

const never = new AbortController().signal;

const MOST_BYTES = 2_000_000;

/** A worker; `brought` counts what came out of it. `cuts`: so many commands lose their connection in the middle. */
async function startWorker(cuts = 0) {
  const local = await LocalSession.start({ programs: ['dash', 'setsid'] });
  const of = { brought: 0, cuts: 0 };
  const session: Session = {
    lost: local.lost,
    exec: async (request: ExecRequest, signal) => {
      const onStdout = (bytes: Buffer) => {
        of.brought += bytes.length;
        return request.onStdout?.(bytes);
      };
      const end = await local.exec({ ...request, onStdout }, signal);
      return of.cuts-- > 0 ? { kind: 'lost', cause: 'cut' } : end;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  const { shim, state } = await StageRig.open(session, { folder: `${local.home}/shim` });
  const line = { session, shim, state };
  of.cuts = cuts;
  const link = new WorkerLink(line, { jobId: '1', clock: systemClock, open: async () => line });
  const close = async () => {
    of.cuts = 0;
    await shim.close(never);
    await local[Symbol.asyncDispose]();
  };
  return { link, of, [Symbol.asyncDispose]: close };
}

describe('bytes out of a worker', () => {
  it('are no more in memory than what waits for the reader', async () => {
    await using worker = await startWorker();
    let taken = 0;
    let most = 0;
    for await (const bytes of bytesFrom(worker.link, 'head -c 40000000 /dev/zero', never)) {
      // The first piece is looked at for long, in which all the rest could come.
      for (let look = 0; taken === 0 && look < 100 && most < MOST_BYTES; look++) {
        await systemClock.sleep(10);
        most = worker.of.brought;
      }
      taken += bytes.length;
      most = Math.max(most, worker.of.brought - taken);
    }
    expect(taken).toBe(40_000_000);
    expect(most).toBeLessThan(MOST_BYTES);
  });

  it('throw when the command fails, and what it said', async () => {
    await using worker = await startWorker();
    const read = async () => {
      for await (const bytes of bytesFrom(worker.link, 'echo half; echo no such file >&2; exit 2', never)) void bytes;
    };
    await expect(read()).rejects.toThrow(new WorkerCommandFailed('it ended with 2 (no such file)'));
  });

  it('throw when the connection is lost, never end as if they were whole', async () => {
    await using worker = await startWorker(1);
    const read = async () => {
      for await (const bytes of bytesFrom(worker.link, 'echo half', never)) void bytes;
    };
    await expect(read()).rejects.toThrow(WorkerCut);
  });
});

describe('bytes into a worker', () => {
  async function* bytes(size: number) {
    yield Buffer.alloc(size, 'x');
  }

  it('become a file, or none where there is no room for all of it', async () => {
    await using worker = await startWorker();
    // No file may be longer than a few kilobytes, as on a full disk.
    const little = "trap '' XFSZ; ulimit -f 8";
    const put = (name: string, size: number) =>
      bytesInto(worker.link, { script: `${little}; ${wholeFile(`it's ${name}`)}`, input: bytes(size) }, never);
    await put('small', 1000);
    await expect(put('large', 100_000)).rejects.toThrow(WorkerCommandFailed);
    const listed = await bytesInto(worker.link, { script: 'wc -c it*', input: bytes(0) }, never);
    expect(listed.trim()).toBe("1000 it's small");
  });
});
