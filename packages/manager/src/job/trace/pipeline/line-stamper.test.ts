import { ManualClock } from '@fargate-gitlab-runner/kernel';
import { describe, expect, test } from 'vitest';
import { LineStamper } from './line-stamper.ts';

const ENTRY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;
const TIME = '2026-01-31T12:34:56.789000Z';

function stamper() {
  const clock = new ManualClock(Date.UTC(2026, 0, 31, 12, 34, 56, 789));
  return { clock, line: new LineStamper({ clock, stream: '01' }) };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe('line stamper', () => {
  test('puts 32 bytes before every line', () => {
    const { line } = stamper();
    expect(text(line.write(Buffer.from('one\n\ntwo\n')))).toBe(`${TIME} 01O one\n${TIME} 01O \n${TIME} 01O two\n`);
  });

  test('keeps an open line until its end comes, however it is cut', () => {
    const { line } = stamper();
    expect(text(line.write(Buffer.from('on')))).toBe('');
    expect(text(line.write(Buffer.from('e\ntw')))).toBe(`${TIME} 01O one\n`);
    expect(text(line.write(Buffer.from('o\n')))).toBe(`${TIME} 01O two\n`);
  });

  test('stamps a line with the time at which it is put out', async () => {
    const { clock, line } = stamper();
    line.write(Buffer.from('a'));
    await clock.advance(211);
    expect(text(line.write(Buffer.from('\n')))).toBe('2026-01-31T12:34:57.000000Z 01O a\n');
  });

  test('puts a progress bar out at once and continues it', () => {
    const { line } = stamper();
    expect(text(line.write(Buffer.from('10%\r')))).toBe(`${TIME} 01O 10%\r\n`);
    expect(text(line.write(Buffer.from('20%\r')))).toBe(`${TIME} 01O+20%\r\n`);
    expect(text(line.write(Buffer.from('done\nnext\n')))).toBe(`${TIME} 01O+done\n${TIME} 01O next\n`);
  });

  test('keeps CR LF and a CR inside a whole line as they are', () => {
    const { line } = stamper();
    expect(text(line.write(Buffer.from('a\r\nb\rc\n')))).toBe(`${TIME} 01O a\r\n${TIME} 01O b\rc\n`);
  });

  test.each(['', '\n'])('splits a line of 20 KiB that ends in %j; the continuations carry a plus', (end) => {
    const { line } = stamper();
    const out = text(line.write(Buffer.from('x'.repeat(20 * 1024) + end))) + text(line.end());
    const entries = out.split('\n').slice(0, -1);
    expect(entries.map((entry) => entry.length - 32)).toEqual([8192, 8192, 4096]);
    expect(entries.map((entry) => entry[31])).toEqual([' ', '+', '+']);
    for (const entry of entries) expect(entry).toMatch(ENTRY);
  });

  test('splits a long line at the same place however it arrives', () => {
    const whole = stamper().line;
    const slow = stamper().line;
    const bytes = Buffer.from(`${'y'.repeat(8192)}\n${'z'.repeat(8193)}\n`);
    let out = '';
    for (const byte of bytes) out += text(slow.write(Buffer.of(byte)));
    expect(out).toBe(text(whole.write(bytes)));
  });

  test('never splits a character', () => {
    const { line } = stamper();
    const out = text(line.write(Buffer.from(`x${'ä'.repeat(6000)}\n`)));
    expect(out.replaceAll(/^.{32}/gm, '')).toBe(`x${'ä'.repeat(4095)}\n${'ä'.repeat(1905)}\n`);
  });

  test('ends an open line when the stream ends, and begins afresh', () => {
    const { line } = stamper();
    line.write(Buffer.from('10%\rdone'));
    line.write(Buffer.from('rest'));
    expect(text(line.end())).toBe(`${TIME} 01O+rest\n`);
    expect(text(line.end())).toBe('');
    expect(text(line.write(Buffer.from('new\n')))).toBe(`${TIME} 01O new\n`);
  });
});
