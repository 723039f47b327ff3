import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExecEnd, ExecRequest, Session } from '../transport.ts';
import { ShimClient } from './shim-client.ts';

const never = new AbortController().signal;
const MARK = 'fargate-gitlab-runner\n';

/** A worker that says what a test puts into its mouth, one reply for each command. */
class PuppetSession implements Session {
  readonly lost = new Promise<string>(() => undefined);
  readonly asked: string[] = [];
  readonly #replies: Reply[];

  constructor(replies: readonly Reply[]) {
    this.#replies = [...replies];
  }

  async exec(request: ExecRequest): Promise<ExecEnd> {
    this.asked.push(request.command);
    const reply = this.#replies.shift() ?? {};
    for (const piece of [reply.stdout ?? ''].flat()) await request.onStdout?.(Buffer.from(piece));
    for (const piece of [reply.stderr ?? ''].flat()) await request.onStderr?.(Buffer.from(piece));
    return reply.end ?? { kind: 'exited', code: reply.code ?? 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

interface Reply {
  readonly stdout?: string | readonly string[];
  readonly stderr?: string | readonly string[];
  readonly code?: number;
  readonly end?: ExecEnd;
}

function shimThatSays(...replies: Reply[]) {
  const session = new PuppetSession(replies);
  return { session, shim: new ShimClient({ session, folder: '/tmp/f', generation: 7, orphanTimeoutS: 60 }) };
}

const ok = (fields = '') => `{"shim":1,"answer":"ok"${fields}}\n`;
const END = ',"code":0,"cause":"exit","journalEnd":6,"discarded":0';
const stage = { stage: 's', attempt: 1 };

describe('answers', () => {
  it('believes no refusal in favour of a generation that is not higher', async () => {
    const { shim } = shimThatSays(
      { stderr: '{"shim":1,"answer":"stale","generation":7}\n', code: 75 },
      { stderr: '{"shim":1,"answer":"stale","generation":8}\n', code: 75 },
    );
    expect((await shim.renew(never)).kind).toBe('broken');
    expect(await shim.renew(never)).toEqual({ kind: 'stale', generation: 8 });
  });

  it.each([
    ['nothing', {}],
    ['no JSON', { stderr: '{"shim":1,\n' }],
    ['no whole line', { stderr: ok().trim() }],
    ['an unknown answer', { stderr: '{"shim":1,"answer":"maybe"}\n' }],
    ['ok with another exit status', { stderr: ok(), code: 1 }],
    ['a line without end', { stderr: `{"shim":1,"answer":"ok","x":"${'x'.repeat(70_000)}"}\n` }],
  ])('calls %s broken', async (_what, reply) => {
    expect((await shimThatSays(reply).shim.renew(never)).kind).toBe('broken');
  });

  it.each([
    ['a fraction', ',"code":0,"cause":"exit","journalEnd":6.5,"discarded":0'],
    ['a negative offset', ',"code":0,"cause":"exit","journalEnd":-6,"discarded":0'],
    ['an unknown cause', ',"code":0,"cause":"boredom","journalEnd":6,"discarded":0'],
    ['an exit status that none is', ',"code":256,"cause":"exit","journalEnd":6,"discarded":0'],
    ['a field that is missing', ',"code":0,"cause":"exit","journalEnd":6'],
  ])('takes no end of a stage with %s', async (_what, fields) => {
    const { shim } = shimThatSays({ stdout: `${MARK}abcdef`, stderr: ok(fields) });
    expect((await shim.follow({ ...stage, offset: 0, onBytes: () => undefined }, never)).kind).toBe('broken');
  });

  it('passes a lost connection on, and takes a killed shim for one', async () => {
    const { shim } = shimThatSays({ end: { kind: 'lost', cause: 'gone' } }, { end: { kind: 'signaled', signal: 'SIGKILL' } });
    expect(await shim.renew(never)).toEqual({ kind: 'lost', cause: 'gone' });
    expect(await shim.renew(never)).toEqual({ kind: 'lost', cause: 'the shim was killed by SIGKILL' });
  });

  it('repeats what a worker without a shim says, in print and in short', async () => {
    const { shim } = shimThatSays({ stderr: `sh: \u001b[31mcan't open\u0007 ${'x'.repeat(5000)}`, code: 127 });
    const answer = await shim.renew(never);
    expect(answer).toMatchObject({ kind: 'broken', cause: expect.stringContaining('exit status 127') });
    expect(JSON.stringify(answer).length).toBeLessThan(400);
    expect(JSON.stringify(answer)).not.toContain('\\u');
  });

  it('survives any noise in any pieces, and finds the last answer in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string()), fc.array(fc.nat(40)), async (noise, cuts) => {
        const said = `${noise.join('\n')}\n${ok(',"sent":false')}${noise.join('')}\n${ok(',"sent":true')}`;
        const { shim } = shimThatSays({ stderr: inPieces(said, cuts) });
        expect(await shim.signal({ ...stage, name: 'TERM' }, never)).toEqual({ kind: 'ok', sent: true });
      }),
      { numRuns: 200 },
    );
  });
});

describe('following', () => {
  it('asks again from where it is when it got less than the journal has', async () => {
    const { shim, session } = shimThatSays({ stdout: `${MARK}abcd`, stderr: ok(END) }, { stdout: `${MARK}ef`, stderr: ok(END) });
    const parts: Buffer[] = [];
    const answer = await shim.follow({ ...stage, offset: 0, onBytes: (bytes) => void parts.push(bytes) }, never);
    expect(answer).toEqual({ kind: 'ok', code: 0, cause: 'exit', journalEnd: 6, discarded: 0 });
    expect(Buffer.concat(parts).toString()).toBe('abcdef');
    expect(session.asked.map((command) => command.split(' ').at(-1))).toEqual(['0', '4']);
  });

  it('gives up when the journal is shorter than it is said to be', async () => {
    const { shim } = shimThatSays({ stdout: MARK, stderr: ok(END) });
    expect((await shim.follow({ ...stage, offset: 2, onBytes: () => undefined }, never)).kind).toBe('broken');
  });

  it('drops what comes before the mark, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string({ minLength: 1 }), fc.array(fc.nat(10)), async (noise, text, cuts) => {
        const size = Buffer.byteLength(text);
        const end = ok(`,"code":0,"cause":"exit","journalEnd":${size},"discarded":0`);
        const { shim } = shimThatSays({ stdout: inPieces(`${noise}${MARK}${text}`, cuts), stderr: end });
        const parts: Buffer[] = [];
        await shim.follow({ ...stage, offset: 0, onBytes: (bytes) => void parts.push(bytes) }, never);
        expect(Buffer.concat(parts).toString()).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('never takes output without a mark for the journal', async () => {
    const { shim } = shimThatSays({ stdout: Array.from({ length: 50 }, () => 'noise '.repeat(1000)), stderr: ok(END) });
    const parts: Buffer[] = [];
    expect((await shim.follow({ ...stage, offset: 0, onBytes: (part) => void parts.push(part) }, never)).kind).toBe('broken');
    expect(parts).toEqual([]);
  });
});

describe('fetching', () => {
  it.each([
    ['less than it says', 'abc', 4],
    ['more than it says', 'abc', 2],
    ['more than any chunk has', 'x'.repeat(65 * 1024 * 1024), 65 * 1024 * 1024],
  ])('believes no worker that sends %s', async (_what, bytes, size) => {
    const { shim } = shimThatSays({ stdout: [MARK, bytes], stderr: ok(`,"size":${size}`) });
    expect((await shim.fetch('c1', never)).kind).toBe('broken');
    const { shim: another } = shimThatSays({ stdout: [MARK, bytes], stderr: ok(`,"size":${size}`) });
    expect((await another.journal({ from: 10, to: 10 + size }, never)).kind).toBe('broken');
  });
});

describe('asking', () => {
  it('sends a script or a file again when the worker has made room for it, but once', async () => {
    const full = { stderr: '{"shim":1,"answer":"full","again":true}\n', code: 74 };
    const run = { ...stage, script: 'x', deadlineS: 1, graceS: 1, outputLimit: 1 };
    expect(await shimThatSays(full, { stderr: ok(',"started":"now"') }).shim.run(run, never)).toEqual({ kind: 'ok', started: 'now' });
    expect(await shimThatSays(full, full).shim.run(run, never)).toEqual({ kind: 'broken', cause: 'its disk is full' });
    const file = { name: 'f', size: 1, bytes: Buffer.from('x') };
    expect(await shimThatSays(full, { stderr: ok() }).shim.put(file, never)).toEqual({ kind: 'ok' });
    expect(await shimThatSays(full, full).shim.put(file, never)).toEqual({ kind: 'broken', cause: 'its disk is full' });
  });

  it('puts nothing on a command line that a shell could take for something else', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 16, unit: 'binary' }),
        fc.double({ min: 0, noNaN: true }),
        async (name, time) => {
          const { shim, session } = shimThatSays();
          await shim.run({ stage: name, attempt: 1, script: '', deadlineS: time, graceS: time, outputLimit: time }, never);
          expect(session.asked[0]).toMatch(/^[A-Za-z0-9 ._/%-]+$/);
          expect(session.asked[0]?.split(' ')).toHaveLength(12);
        },
      ),
    );
    const { shim } = shimThatSays();
    await expect(shim.commit({ name: '../x', bytes: Buffer.alloc(0) }, never)).rejects.toThrow('not a name');
    await expect(shim.fetch('a b', never)).rejects.toThrow('not a name');
    expect(() => new ShimClient({ session: new PuppetSession([]), folder: '/tmp/$x', generation: 1, orphanTimeoutS: 1 })).toThrow('folder');
  });

  it('takes a shim one version away and no other', async () => {
    const state = (version: number) =>
      ok(
        `,"version":${version},"nonce":"n","hostname":"h","home":"/h","nowS":1,"shell":"/bin/sh","isBash":false,"hasGit":false,"journalSize":0,"stages":[],"later":1`,
      );
    const kinds = await Promise.all(
      [1, 2, 3].map(async (version) => (await shimThatSays({ stderr: state(version) }).shim.open(never)).kind),
    );
    expect(kinds).toEqual(['ok', 'ok', 'broken']);
  });
});

function inPieces(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  let rest = [...text];
  for (const length of lengths) {
    pieces.push(rest.slice(0, length).join(''));
    rest = rest.slice(length);
  }
  return [...pieces, rest.join('')];
}
