import { assertWholeTrace, closeRig, type EndedJob, Rig, runJob } from '@fargate-gitlab-runner/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const LIMIT_KIB = 2048;
const LIMIT_BYTES = LIMIT_KIB * 1024;
const NOTICE = `The log has reached its limit of ${LIMIT_BYTES} bytes.`;

describe.concurrent('what a script writes', () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await Rig.start({ config: { output_limit_kib: LIMIT_KIB } });
    await rig.startManager();
  });
  afterAll(() => closeRig(rig));

  it('50 MB are cut at the limit with one notice, and the job goes on to its end', async () => {
    const ended = await runJob(rig, {
      script: ['echo begun', '(yes "a line of the flood, long enough to be a line" || true) | head -c 50000000', 'exit 9'],
    });
    expect(ended.job).toMatchObject({ status: 'failed', failureReason: 'script_failure', exitCode: 9 });
    expect(count(ended, 'begun')).toBe(1);
    expect(ended.lines.filter((line) => line.includes(NOTICE))).toHaveLength(1);
    expect(ended.trace.length).toBeGreaterThanOrEqual(LIMIT_BYTES);
    expect(ended.trace.length).toBeLessThan(LIMIT_BYTES + 1024);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('a flood within the limit arrives whole and in order', async () => {
    const ended = await runJob(rig, { script: ['seq 1 40000', 'echo finished'] });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(ended.lines.filter((line) => /^\d+$/.test(line)).map(Number)).toEqual(Array.from({ length: 40_000 }, (_, at) => at + 1));
    expect(count(ended, 'finished')).toBe(1);
    expect(ended.text).not.toContain(NOTICE);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('binary output does no harm: the trace is valid UTF-8 and what follows is readable', async () => {
    const script = [
      'head -c 20000 /dev/urandom',
      'echo',
      String.raw`printf '\000\001\033[31m\377\376\300\200\355\240\200\n'`,
      'echo "readable again"',
    ];
    const ended = await runJob(rig, { script });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(count(ended, 'readable again')).toBe(1);
    expect(ended.lines.filter((line) => line === 'Job succeeded')).toHaveLength(1);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('characters that are cut by writes are whole', async () => {
    const pieces = [
      String.raw`\303`,
      String.raw`\244 \342`,
      String.raw`\202`,
      String.raw`\254 \360\237`,
      String.raw`\230`,
      String.raw`\200\n`,
    ];
    const ended = await runJob(rig, { script: [pieces.map((piece) => `printf '${piece}'`).join('; sleep 0.3; ')] });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(count(ended, '\u00e4 \u20ac \u{1f600}')).toBe(1);
    expect(ended.text).not.toContain('\ufffd');
    await assertWholeTrace(rig, ended.job.id);
  });

  it('/dev/stderr and /dev/stdout may be opened anew, and nothing before is lost', async () => {
    const script = [
      'echo one',
      'echo two > /dev/stderr',
      'echo three >> /dev/stderr',
      'echo four > /dev/stdout',
      'echo five >&2',
      'echo six',
    ];
    const ended = await runJob(rig, { script });
    expect(ended.job).toMatchObject({ status: 'success' });
    const said = ['one', 'two', 'three', 'four', 'five', 'six'];
    expect(ended.lines.filter((line) => said.includes(line))).toEqual(said);
    await assertWholeTrace(rig, ended.job.id);
  });

  it('a masked value that is written in pieces is never in the trace', async () => {
    const secret = 'Zm9ydHktdHdvLXNlY3JldHM';
    const halves = `printf %s "\${SECRET%???????????}"; sleep 0.3; printf '%s|\\n' "\${SECRET#????????????}"`;
    const bytes = 'for at in $(seq 1 23); do printf %s "$(printf %s "$SECRET" | cut -c "$at")"; done; echo "|"';
    const ended = await runJob(rig, {
      variables: [{ key: 'SECRET', value: secret, masked: true }],
      script: [halves, bytes, 'echo "whole: $SECRET|"'],
    });
    expect(ended.job).toMatchObject({ status: 'success' });
    expect(ended.trace.includes(secret)).toBe(false);
    expect(ended.lines.filter((line) => line.endsWith('|'))).toEqual(['[MASKED]|', '[MASKED]|', 'whole: [MASKED]|']);
    await assertWholeTrace(rig, ended.job.id);
  });
});

function count({ lines }: EndedJob, line: string): number {
  return lines.filter((each) => each === line).length;
}
