import { describe, expect, it } from 'vitest';
import { TraceText } from './trace-text.ts';

const stamp = (text: string, mark = ' ', stream = '01O') => `2026-01-31T12:00:00.000000Z ${stream}${mark}${text}\n`;

function linesOf(trace: string, size = trace.length): string[] {
  const text = new TraceText();
  const bytes = Buffer.from(trace);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += size) lines.push(...text.take(bytes.subarray(at, at + size)));
  return [...lines, ...text.end()];
}

describe('the text of a trace', () => {
  it('has no timestamps', () => {
    expect(linesOf(stamp('one') + stamp('two'))).toEqual(['one', 'two']);
  });

  it('joins what was written as one line', () => {
    expect(linesOf(stamp('10%\r') + stamp('20%\r', '+') + stamp('done', '+'))).toEqual(['10%\r20%\rdone']);
  });

  it('has no section markers, and no empty lines for them', () => {
    const start = stamp('section_start:1:step_script\r\u001b[0K', ' ', '00O') + stamp('Heading', '+', '00O');
    const end = stamp('section_end:2:step_script\r\u001b[0K', ' ', '00O');
    expect(linesOf(start + stamp('It works!') + end)).toEqual(['Heading', 'It works!']);
  });

  it('keeps empty lines of the job', () => {
    expect(linesOf(stamp('a') + stamp('') + stamp('b'))).toEqual(['a', '', 'b']);
  });

  it('is the same in whatever pieces it comes', () => {
    const trace = stamp('zwölf Käse') + stamp('50%\r') + stamp('100%', '+') + stamp('end');
    for (const size of [1, 2, 3, 7, 40]) expect(linesOf(trace, size)).toEqual(linesOf(trace));
  });

  it('takes lines without timestamps as they are', () => {
    expect(linesOf('plain\nlines\n')).toEqual(['plain', 'lines']);
  });
});
