import { randomBytes } from 'node:crypto';
import { systemClock } from '@fargate-gitlab-runner/kernel';
import { expect, type TestAPI } from 'vitest';
import { must, never, nowS, sha256, StageRig } from '../stage-rig.contract.ts';
import type { Session } from '../transport.ts';

/** A worker to which tests make connections. */
export interface ShimWorker {
  readonly nonce: string;
  readonly home: string;
  /** One that tests share. */
  readonly session: Session;
  /** One of the caller's own. */
  connect(): Promise<Session>;
}

/** What the shim must do in every shell and behind every SSH server. `it` may run tests at the same time. */
export function shimContract(it: TestAPI, worker: () => ShimWorker): void {
  const open = () => StageRig.open(worker().session);

  it('says what the worker is, and proves it', async () => {
    const { state } = await open();
    expect(state).toMatchObject({
      version: 1,
      nonce: worker().nonce,
      home: worker().home,
      hasGit: expect.any(Boolean),
      journalSize: 0,
      stages: [],
    });
    expect(state.shell).toMatch(/^\/.*sh$/);
    expect(state.isBash).toBe(state.shell.endsWith('/bash'));
    expect(Math.abs(state.nowS - nowS())).toBeLessThan(60);
  });

  it('runs a script with an empty stdin, in HOME, without the nonce and the traces of SSH', async () => {
    const { end, output } = await (await open()).run(
      'cat; pwd; env | grep -e NONCE -e "^SSH_" -e fgr_ || echo clean; ulimit -f; kill -INT $$; exit 3',
    );
    expect(output.toString()).toBe(`${worker().home}\nclean\nunlimited\n`);
    expect(end).toMatchObject({ code: 130, cause: 'exit', journalEnd: output.length, discarded: 0 });
  });

  it('keeps the order of stdout and stderr, and lets /dev/stderr be opened again', async () => {
    const script =
      'echo 1; echo 2 >&2; echo 3 >/dev/stderr; echo 4 | tee /dev/stderr; i=5; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done; exit 9';
    const { end, output } = await (await open()).run(script);
    const numbers = output.toString().trim().split('\n').map(Number);
    expect(numbers).toEqual([1, 2, 3, 4, 4, ...Array.from({ length: 995 }, (_, at) => at + 5)]);
    expect(end.code).toBe(9);
  });

  it('passes on what no text is, and text that is cut within a character', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    const octal = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    const { output } = await (await open()).run(`printf '${octal}'; printf '\\303'; sleep 0.1; printf '\\244\\n'`);
    expect(output).toEqual(Buffer.concat([bytes, Buffer.from('ä\n')]));
  });

  it('loses nothing of a flood', async () => {
    const { end, output } = await (await open()).run(
      'head -c 9000000 /dev/urandom | tee /tmp/flood-$$ ; sha256sum </tmp/flood-$$ ; rm /tmp/flood-$$',
    );
    const said = output.subarray(9_000_000).toString().slice(0, 64);
    expect(sha256(output.subarray(0, 9_000_000))).toBe(said);
    expect(end.journalEnd).toBe(output.length);
  });

  it('reports the exit status, and 128 and more for a signal', async () => {
    const rig = await open();
    expect((await rig.run('exit 137')).end).toMatchObject({ code: 137, cause: 'exit' });
    expect((await rig.run('kill -TERM $$', { attempt: 2 })).end).toMatchObject({ code: 143, cause: 'exit' });
    expect((await rig.run('echo before; kill -KILL 0', { attempt: 3 })).end).toMatchObject({ code: 137, cause: 'exit', journalEnd: 7 });
  });

  it('does not wait for a child that keeps the output open', async () => {
    const rig = await open();
    const { end, output } = await rig.run('sleep 600 & echo $!');
    expect(end).toMatchObject({ code: 0, cause: 'exit' });
    expect((await rig.ask(`kill -0 ${output.toString().trim()} && echo alive`)).stdout).toBe('alive\n');
    must(await rig.shim.close(never));
    await until(async () => (await rig.ask(`kill -0 ${output.toString().trim()}`)).code !== 0);
  });

  it('ends a stage at its deadline, and kills what ignores that', async () => {
    const rig = await open();
    const script = 'trap "echo not yet" TERM; echo begun; while :; do sleep 0.1; done';
    const { end, output } = await rig.run(script, { deadlineS: nowS() + 10, graceS: 1 });
    expect(end).toMatchObject({ code: 137, cause: 'deadline' });
    expect(output.toString()).toMatch(/^begun\n(Terminated\n)?not yet\n/);
  });

  it('keeps the deadline when nobody is connected', async () => {
    const session = await worker().connect();
    const rig = await StageRig.open(session);
    const stage = rig.stage('while :; do sleep 0.1; done', { deadlineS: nowS() + 1 });
    must(await rig.shim.run(stage, never));
    await session[Symbol.asyncDispose]();
    const later = await rig.again(worker().session);
    expect((await later.follow(stage)).end).toMatchObject({ code: 143, cause: 'deadline' });
  });

  it('signals a stage, and says so', async () => {
    const rig = await open();
    const stage = rig.stage('trap "echo bye; exit 7" TERM; echo ready; while :; do sleep 0.05; done');
    must(await rig.shim.run(stage, never));
    let seen = '';
    const following = rig.shim.follow(
      {
        ...stage,
        offset: 0,
        onBytes: (bytes) => {
          if (seen === '') void rig.shim.signal({ ...stage, name: 'TERM' }, never);
          seen += bytes.toString();
        },
      },
      never,
    );
    expect(must(await following)).toMatchObject({ code: 7, cause: 'signal' });
    // Some shells say that the signal ended what they waited for.
    expect(seen).toMatch(/^ready\n(Terminated\n)?bye\n$/);
    expect(must(await rig.shim.signal({ ...stage, name: 'KILL' }, never)).sent).toBe(false);
  });

  it('goes on after a lost channel with the very next byte', async () => {
    const rig = await open();
    const stage = rig.stage(
      'i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo "line $i of three hundred"; [ $((i % 30)) -ne 0 ] || sleep 0.02; done',
    );
    must(await rig.shim.run(stage, never));
    const parts: Buffer[] = [];
    for (let round = 0; round < 4; round++) {
      const gone = new AbortController();
      const onBytes = (bytes: Buffer) => {
        parts.push(bytes);
        gone.abort(new Error('lost'));
      };
      await rig.shim.follow({ ...stage, offset: length(parts), onBytes }, gone.signal).catch(() => undefined);
    }
    const { end, output } = await rig.follow(stage, length(parts));
    const lines = Array.from({ length: 300 }, (_, at) => `line ${at + 1} of three hundred\n`).join('');
    expect(Buffer.concat([...parts, output]).toString()).toBe(lines);
    expect(end.journalEnd).toBe(lines.length);
  });

  it('leaves no follower behind when the channel closes', async () => {
    const rig = await open();
    const stage = rig.stage('echo ready; sleep 600');
    must(await rig.shim.run(stage, never));
    const gone = new AbortController();
    await rig.shim.follow({ ...stage, offset: 0, onBytes: () => gone.abort() }, gone.signal).catch(() => undefined);
    await until(async () => !(await rig.processes()).some((line) => / follow | tail /.test(line)));
    must(await rig.shim.close(never));
  });

  it('starts a stage and attempt once, whoever asks and however often', async () => {
    const rig = await open();
    const stage = rig.stage('echo once');
    const answers = await Promise.all([1, 2, 3].map(() => rig.shim.run(stage, never)));
    expect(answers.map((answer) => must(answer).started).sort()).toEqual(['before', 'before', 'now']);
    expect((await rig.follow(stage)).output.toString()).toBe('once\n');
    const later = await rig.again(worker().session, 2);
    expect(must(await later.shim.run(stage, never)).started).toBe('before');
    expect((await later.follow(stage)).output.toString()).toBe('once\n');
  });

  it('refuses every verb of a lower generation', async () => {
    const rig = await open();
    await rig.run('true');
    must(await rig.shim.commit({ name: '0000', bytes: Buffer.from('x') }, never));
    await rig.again(worker().session, 4);
    const ref = { stage: 'step_script', attempt: 1 };
    const answers = [
      await rig.shim.open(never),
      await rig.shim.run(rig.stage('touch /tmp/never', { attempt: 2 }), never),
      await rig.shim.follow({ ...ref, offset: 0, onBytes: () => undefined }, never),
      await rig.shim.signal({ ...ref, name: 'KILL' }, never),
      await rig.shim.commit({ name: '0001', bytes: Buffer.from('y') }, never),
      await rig.shim.fetch('0000', never),
      await rig.shim.journal({ from: 0, to: 0 }, never),
      await rig.shim.pipe({ script: 'touch /tmp/never' }, never),
      await rig.shim.put({ name: 'late', size: 1, bytes: Buffer.from('z') }, never),
      await rig.shim.renew(never),
      await rig.shim.close(never),
    ];
    for (const answer of answers) expect(answer).toEqual({ kind: 'stale', generation: 4 });
    const { state } = await rig.again(worker().session, 4);
    expect(state).toMatchObject({ lastChunk: '0000', stages: [{ stage: 'step_script', attempt: 1 }] });
  });

  it('lets a take-over see whatever the generation before it could do', async () => {
    const rig = await open();
    for (let generation = 1; generation <= 6; generation++) {
      const old = await rig.again(worker().session, generation);
      const name = `chunk-${generation}`;
      const [run, commit, next] = await Promise.all([
        old.shim.run(old.stage('true', { attempt: generation }), never),
        old.shim.commit({ name, bytes: Buffer.from('z') }, never),
        rig.again(worker().session, generation + 1),
      ]);
      expect(['ok', 'stale']).toContain(run.kind);
      expect(next.state.stages.some(({ attempt }) => attempt === generation)).toBe(run.kind === 'ok');
      expect(next.state.lastChunk === name).toBe(commit.kind === 'ok');
    }
  });

  it('runs no script that came cut short', async () => {
    const rig = await open();
    const command = `sh ${rig.folder}/shim run 1 1 step_script 1 1000 ${nowS() + 600} 1 1000000`;
    const { code, stderr } = await rig.ask(command, 'touch ran-cut-short\n');
    expect({ code, stderr }).toEqual({ code: 70, stderr: expect.stringContaining('whole') });
    const { output } = await rig.run('ls');
    expect(output.toString()).not.toContain('ran-cut-short');
  });

  it('keeps chunks whole or not at all', async () => {
    const rig = await open();
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 256));
    must(await rig.shim.commit({ name: '0000000000000005', bytes }, never));
    const cut = await rig.ask(`sh ${rig.folder}/shim commit 1 1 0000000000000009 1000`, 'too little');
    expect(cut.code).toBe(70);
    expect(must(await rig.shim.fetch('0000000000000005', never)).bytes).toEqual(bytes);
    expect((await rig.shim.fetch('0000000000000009', never)).kind).toBe('broken');
    expect((await rig.again(worker().session, 2)).state.lastChunk).toBe('0000000000000005');
  });

  it('pipes a file out and a stream in, with any bytes, and tells how the script ended', async () => {
    const rig = await open();
    const bytes = randomBytes(3_000_000);
    async function* slices() {
      for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
    }
    const path = `/tmp/piped-${Math.random()} ä'"\\n$(x)`;
    const file = `'${path.replaceAll("'", "'\\''")}'`;
    expect(await rig.shim.pipe({ script: `cat >${file}`, input: slices() }, never)).toMatchObject({ kind: 'ok', code: 0 });
    const parts: Buffer[] = [];
    const onBytes = (part: Buffer) => void parts.push(part);
    const script = `  # \\0101 %s\n\tcat ${file}; rm ${file}\necho a problem >&2\nexit 7\n`;
    expect(await rig.shim.pipe({ script, onBytes }, never)).toEqual({ kind: 'ok', code: 7, words: ' (a problem)' });
    expect(sha256(Buffer.concat(parts))).toBe(sha256(bytes));
  });

  it('puts a file where piped scripts and a successor find it, whole or not at all', async () => {
    const rig = await open();
    const bytes = randomBytes(100_000);
    must(await rig.shim.put({ name: 'one', size: bytes.length, bytes }, never));
    async function* tooFew() {
      yield bytes;
    }
    expect((await rig.shim.put({ name: 'two', size: bytes.length + 1, bytes: tooFew() }, never)).kind).toBe('broken');
    const later = await rig.again(worker().session, 2);
    const parts: Buffer[] = [];
    must(await later.shim.pipe({ script: 'ls "$1"; cat "$1/one"', onBytes: (part) => void parts.push(part) }, never));
    expect(sha256(Buffer.concat(parts))).toBe(sha256(Buffer.concat([Buffer.from('one\n'), bytes])));
  });

  it('says what it can do beyond the first version, and what tools the worker has', async () => {
    const { state } = await open();
    expect(state.verbs).toEqual(['pipe', 'put', 'journal']);
    expect(state.tools).toContain('tar');
  });

  it('gives any part of the journal again, byte by byte', async () => {
    const rig = await open();
    const { output } = await rig.run('printf "one\\0two\\n"; head -c 100000 /dev/zero; printf end');
    for (const [from, to] of [
      [0, 8],
      [4, output.length],
      [99_000, 99_001],
      [output.length, output.length],
    ] as const) {
      expect(must(await rig.shim.journal({ from, to }, never)).bytes.equals(output.subarray(from, to))).toBe(true);
    }
    expect((await rig.shim.journal({ from: 0, to: output.length + 1 }, never)).kind).toBe('broken');
  });

  it('stops the journal at its limit, counts the rest, and never blocks the script', async () => {
    const rig = await open();
    const { end, output } = await rig.run('head -c 1000000 /dev/zero; exit 3', { outputLimit: 65_536 });
    expect(output.length).toBe(65_536);
    expect(end).toMatchObject({ code: 3, cause: 'exit', journalEnd: 65_536 });
    // What the copier held when the limit came is not counted: at most what a pipe holds.
    expect(end.discarded).toBeGreaterThanOrEqual(1_000_000 - 2 * 65_536);
    expect(end.discarded).toBeLessThanOrEqual(1_000_000 - 65_536);
  });

  it('remembers every stage in the order of their starts, under any name', async () => {
    const rig = await open();
    await rig.run('echo a; exit 1', { stage: 'step_z' });
    await rig.run('echo bb', { stage: `step_ä b'"$(x)%@1` });
    const { state } = await rig.again(worker().session, 2);
    expect(state.journalSize).toBe(5);
    expect(state.stages).toEqual([
      { stage: 'step_z', attempt: 1, end: { code: 1, cause: 'exit', journalEnd: 2, discarded: 0 } },
      { stage: `step_ä b'"$(x)%@1`, attempt: 1, end: { code: 0, cause: 'exit', journalEnd: 5, discarded: 0 } },
    ]);
  });

  it('keeps no script that has ended, because scripts hold secrets', async () => {
    const rig = await open();
    await rig.run('echo a secret');
    await until(async () => (await rig.ask(`ls ${rig.folder}/scripts`)).stdout === '');
  });

  it('leaves nothing behind when it is closed', async () => {
    const rig = await open();
    must(await rig.shim.run(rig.stage('trap "" TERM; sleep 600 & while :; do sleep 1; done'), never));
    must(await rig.shim.close(never));
    await until(async () => (await rig.processes()).length === 0);
    expect((await rig.ask(`ls -d ${rig.folder}`)).stdout).toBe('');
  });
}

/** What the shim must do when its worker gets into trouble: each test may ruin its worker. */
export function shimTroubleContract(
  it: TestAPI,
  workers: {
    /** A worker of its own, and how its connections are cut from outside. */
    fresh(): Promise<ShimWorker & { drop(): Promise<void>; stopped(): Promise<void> }>;
    /** A worker whose HOME and /tmp hold so little, and whose environment does not reach its sessions. */
    small(bytes: number): Promise<ShimWorker>;
  },
): void {
  it('loses no byte and no stage when connections are cut, and ends the worker when no manager comes back', async () => {
    const worker = await workers.fresh();
    const rig = await StageRig.open(worker.session);
    const lines = (from: number, to: number) => `i=${from}; while [ $i -lt ${to} ]; do i=$((i+1)); echo "line $i"; done`;
    const stage = rig.stage(`${lines(0, 20)}; until [ -e cut ]; do sleep 0.02; done; ${lines(20, 40)}`);
    must(await rig.shim.run(stage, never));
    const parts: Buffer[] = [];
    const onBytes = (bytes: Buffer) => {
      if (parts.push(bytes) === 1) void worker.drop();
    };
    expect((await rig.shim.follow({ ...stage, offset: 0, onBytes }, never)).kind).toBe('lost');
    expect(await worker.session.lost).not.toBe('');
    const later = await rig.again(await worker.connect());
    await later.ask('touch cut');
    const { output } = await later.follow(stage, length(parts));
    expect(Buffer.concat([...parts, output]).toString()).toBe(Array.from({ length: 40 }, (_, at) => `line ${at + 1}\n`).join(''));
    const left = await StageRig.open(later.session, { orphanTimeoutS: 4 });
    await left.shim.run(left.stage('sleep 600'), never);
    await worker.stopped();
  });

  it('proves itself without an environment, keeps the exit status on a full disk, and has room for an answer and the next script', async () => {
    const { session, nonce } = await workers.small(2_000_000);
    const rig = await StageRig.open(session);
    expect(rig.state.nonce).toBe(nonce);
    const filled = await rig.run('cat /dev/zero >/tmp/fill 2>/dev/null; head -c 300000 /dev/zero; exit 5');
    expect(filled.end).toMatchObject({ code: 5, cause: 'exit' });
    expect(filled.end.journalEnd).toBeLessThan(300_000);
    expect(filled.end.discarded).toBeGreaterThan(0);
    expect((await rig.shim.commit({ name: '0001', bytes: Buffer.alloc(600_000) }, never)).kind).toBe('broken');
    expect((await rig.shim.put({ name: 'answer', size: 2, bytes: Buffer.from('0\n') }, never)).kind).toBe('ok');
    const next = await rig.run('rm -f /tmp/fill; echo freed', { attempt: 2 });
    expect(next.end).toMatchObject({ code: 0 });
    must(await rig.shim.commit({ name: '0002', bytes: Buffer.from('fits') }, never));
  });
}

function length(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await systemClock.sleep(20);
}
