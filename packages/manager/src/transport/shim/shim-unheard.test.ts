import { describe, expect, it } from 'vitest';
import { never, StageRig } from '../stage-rig.contract.ts';
import type { ExecEnd, ExecRequest, Session } from '../transport.ts';
import { LocalSession } from './local-session.test-double.ts';
import { ShimClient } from './shim-client.ts';

/** Commands run to their end, but whoever asked has gone before they answer: to write the answer is to get SIGPIPE. */
class DeafSession implements Session {
  readonly lost = new Promise<string>(() => undefined);
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecEnd> {
    return this.#session.exec({ ...request, command: `{ sleep 0.1; ${request.command}; } 2>&1 >/dev/null | :` }, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

describe.each([[['dash', 'setsid']], [['bash', 'setsid']], [['dash', 'bash']]])('where there is %j', (programs) => {
  it('a stage runs to its end, once, also when whoever started it did not live to hear the answer', async () => {
    await using session = await LocalSession.start({ programs });
    const rig = await StageRig.open(session, { folder: `${session.home}/shim` });
    const stage = rig.stage('echo ran');
    const deaf = new ShimClient({ session: new DeafSession(session), folder: rig.folder, generation: 1, orphanTimeoutS: 600 });
    expect((await deaf.run(stage, never)).kind).not.toBe('ok');
    expect(await rig.shim.run(stage, never)).toMatchObject({ kind: 'ok', started: 'before' });
    const { end, output } = await rig.follow(stage);
    expect([end.code, output.toString()]).toEqual([0, 'ran\n']);
    await rig.shim.close(never);
  });
});
