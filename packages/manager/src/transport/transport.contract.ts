import { systemClock } from '@fargate-gitlab-runner/kernel';
import { expect, type TestAPI } from 'vitest';
import { makeClientKey } from './ssh/client-key.ts';
import type { ConnectTarget, ExecEnd, Session, Transport } from './transport.ts';

/** A worker that listens, and a connection to it that tests share. */
export interface TransportWorker {
  readonly transport: Transport;
  readonly target: ConnectTarget;
  readonly session: Session;
}

const never = new AbortController().signal;

/** What every Transport must do. `it` may run tests at the same time. */
export function transportContract(it: TestAPI, worker: () => TransportWorker): void {
  const connect = (target: Partial<ConnectTarget>) => worker().transport.connect({ ...worker().target, ...target }, never);

  it('keeps stdout, stderr and the exit status apart', async () => {
    const ran = await run(worker().session, 'cat; echo problem >&2; exit 42', 'the input');
    expect(ran).toEqual({ end: { kind: 'exited', code: 42 }, stdout: 'the input', stderr: 'problem\n' });
  });

  it('tells a command that was killed from one that exited', async () => {
    const ran = await run(worker().session, 'kill -KILL $$');
    expect(ran.end).toEqual({ kind: 'signaled', signal: 'SIGKILL' });
  });

  it('gives an empty stdin its end', async () => {
    expect((await run(worker().session, 'wc -c')).stdout.trim()).toBe('0');
  });

  it('keeps stdin open when asked, so that a command sees us go', async () => {
    const opened = await connect({});
    if (opened.kind !== 'connected') throw new Error(opened.kind);
    const over = new AbortController();
    const mark = `/tmp/mark-${Math.random()}`;
    const command = `echo ready; read -r line; echo gone >${mark}`;
    const running = opened.session.exec({ command, stdin: 'open', onStdout: () => over.abort(new Error('enough')) }, over.signal);
    await expect(running).rejects.toThrow('enough');
    await until(async () => (await run(worker().session, `cat ${mark}`)).stdout === 'gone\n');
    await opened.session[Symbol.asyncDispose]();
  });

  it('stops reading while a callback is busy, and loses nothing by it', async () => {
    let bytes = 0;
    let release = () => {};
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    const onStdout = (chunk: Buffer) => {
      bytes += chunk.length;
      return busy;
    };
    const running = worker().session.exec({ command: 'head -c 12000000 /dev/zero', onStdout }, never);
    await until(async () => bytes > 0);
    await run(worker().session, 'sleep 0.2 2>/dev/null || sleep 1');
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
    release();
    expect(await running).toEqual({ kind: 'exited', code: 0 });
    expect(bytes).toBe(12_000_000);
  });

  it('reads what it sends no faster than the command takes it', async () => {
    let bytes = 0;
    async function* sixtyFourMegabytes() {
      for (let at = 0; at < 1024; at++) {
        bytes += 64 * 1024;
        yield Buffer.alloc(64 * 1024);
      }
    }
    const mark = `/tmp/mark-${Math.random()}`;
    const command = `until [ -e ${mark} ]; do sleep 0.05 2>/dev/null || sleep 1; done; rm ${mark}; wc -c`;
    let counted = '';
    const onStdout = (said: Buffer) => {
      counted += said.toString();
    };
    const running = worker().session.exec({ command, stdin: sixtyFourMegabytes(), onStdout }, never);
    await until(async () => bytes > 0);
    await run(worker().session, 'sleep 0.2 2>/dev/null || sleep 1');
    expect(bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
    await run(worker().session, `: >${mark}`);
    expect(await running).toEqual({ kind: 'exited', code: 0 });
    expect(counted.trim()).toBe('67108864');
  });

  it('lets go of what it sends when the command ends first, and rejects with what it throws', async () => {
    const source = plenty();
    expect(await worker().session.exec({ command: 'head -c 10 >/dev/null; exit 3', stdin: source.pieces }, never)).toEqual({
      kind: 'exited',
      code: 3,
    });
    expect(source.seen.isLetGo).toBe(true);
    async function* broken() {
      yield Buffer.from('a');
      throw new Error('no more');
    }
    await expect(worker().session.exec({ command: 'cat', stdin: broken() }, never)).rejects.toThrow('no more');
  });

  it('lets go of what it sends when the connection is lost, and keeps nothing more of it in memory', async () => {
    const opened = await connect({});
    if (opened.kind !== 'connected') throw new Error(opened.kind);
    const source = plenty();
    const ended = opened.session.exec({ command: 'exec sleep 600', stdin: source.pieces }, never);
    await until(async () => source.seen.bytes > 0);
    await opened.session[Symbol.asyncDispose]();
    expect((await ended).kind).toBe('lost');
    expect(source.seen.isLetGo).toBe(true);
    expect(source.seen.bytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  it('waits for nothing that is stuck: neither once the command has ended, nor once it is given up', async () => {
    const first = stuck();
    expect(await worker().session.exec({ command: 'head -c 1 >/dev/null; exit 3', stdin: first.pieces }, never)).toEqual({
      kind: 'exited',
      code: 3,
    });
    const second = stuck();
    const enough = new AbortController();
    const onStdout = () => enough.abort(new Error('enough'));
    const command = 'head -c 1; exec sleep 600';
    await expect(worker().session.exec({ command, stdin: second.pieces, onStdout }, enough.signal)).rejects.toThrow('enough');
    expect([first.seen.isLetGo, second.seen.isLetGo]).toEqual([true, true]);
  });

  it('runs several commands at a time', async () => {
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((word) => run(worker().session, `cat; echo ${word}`)));
    expect(answers.map(({ stdout }) => stdout)).toEqual(['a\n', 'b\n', 'c\n', 'd\n']);
  });

  it('throws the reason of an aborted signal', async () => {
    await expect(worker().session.exec({ command: 'true' }, AbortSignal.abort(new Error('stop it')))).rejects.toThrow('stop it');
    await expect(worker().transport.connect(worker().target, AbortSignal.abort(new Error('stop it')))).rejects.toThrow('stop it');
  });

  it('rejects with what a callback throws', async () => {
    const fails = () => Promise.reject(new Error('no room'));
    await expect(worker().session.exec({ command: 'echo x', onStdout: fails }, never)).rejects.toThrow('no room');
  });

  it('calls a closed connection lost, for what runs and for what comes later', async () => {
    const opened = await connect({});
    if (opened.kind !== 'connected') throw new Error(opened.kind);
    const { session } = opened;
    let end: Promise<ExecEnd> | undefined;
    await new Promise<void>((resolve) => {
      end = session.exec({ command: 'echo ready; sleep 600', onStdout: () => resolve() }, never);
    });
    await session[Symbol.asyncDispose]();
    expect((await end)?.kind).toBe('lost');
    expect((await session.exec({ command: 'true' }, never)).kind).toBe('lost');
    expect(await session.lost).not.toBe('');
  });

  it('reports the host key, and takes the pinned one', async () => {
    const first = await connect({});
    if (first.kind !== 'connected') throw new Error(first.kind);
    await first.session[Symbol.asyncDispose]();
    const second = await connect({ hostKey: first.hostKey });
    expect(second).toMatchObject({ kind: 'connected', hostKey: first.hostKey });
    if (second.kind === 'connected') await second.session[Symbol.asyncDispose]();
  });

  it('calls a host with another key than the pinned one an impostor', async () => {
    expect((await connect({ hostKey: 'AAAAC3NzaC1lZDI1NTE5AAAAIA==' })).kind).toBe('impostor');
  });

  it('is denied with a key that the worker does not know', async () => {
    expect((await connect({ clientKey: makeClientKey().clientKey })).kind).toBe('denied');
  });

  it('is refused where nobody listens', async () => {
    expect((await connect({ port: 9 })).kind).toBe('refused');
  });
}

/** A source of far more than anybody should keep, and what was seen of it. */
function plenty() {
  const seen = { bytes: 0, isLetGo: false };
  async function* pieces() {
    try {
      for (let at = 0; at < 2048; at++) {
        seen.bytes += 64 * 1024;
        yield Buffer.alloc(64 * 1024);
      }
    } finally {
      seen.isLetGo = true;
    }
  }
  return { seen, pieces: pieces() };
}

/** A source that says one byte, and never anything again. */
function stuck() {
  const seen = { isLetGo: false };
  let said = 0;
  const next = (): Promise<IteratorResult<Uint8Array, undefined>> =>
    said++ === 0 ? Promise.resolve({ done: false, value: Buffer.from('x') }) : new Promise(() => undefined);
  const letGo = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    seen.isLetGo = true;
    return { done: true, value: undefined };
  };
  return { seen, pieces: { [Symbol.asyncIterator]: () => ({ next, return: letGo }) } };
}

async function run(session: Session, command: string, stdin = ''): Promise<{ end: ExecEnd; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  const onStdout = (bytes: Buffer) => {
    stdout += bytes.toString();
  };
  const onStderr = (bytes: Buffer) => {
    stderr += bytes.toString();
  };
  // Not the signal of all: the suites of several servers run at a time.
  const { signal } = new AbortController();
  const end = await session.exec({ command, stdin: Buffer.from(stdin), onStdout, onStderr }, signal);
  return { end, stdout, stderr };
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(20);
}
