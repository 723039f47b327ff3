import { describe, expect, it } from 'vitest';
import { traceLines, traceText } from './trace-text.ts';

const at = '2026-01-02T03:04:05.678000Z';

describe('the text of a trace', () => {
  it('has no timestamps, colours and section markers', () => {
    const trace = `${at} 00O section_start:1:step\r\u001b[0K\u001b[36;1mHeading\u001b[0;m\n${at} 01O hello\n`;
    expect(traceText(Buffer.from(trace))).toBe('Heading\nhello\n');
  });

  it('joins what continues a line, each stream by itself', () => {
    const trace = `${at} 01O one \n${at} 00O the manager\n${at} 01O+two\n${at} 01O three\n`;
    expect(traceLines(Buffer.from(trace))).toEqual(['one two', 'the manager', 'three', '']);
  });

  it('is refused where characters are broken', () => {
    expect(() => traceText(Buffer.from([0xe2, 0x82]))).toThrow();
  });
});
