import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logLine } from './log-line.ts';

describe('a line of log on a screen of ours', () => {
  it('keeps its colours', () => {
    expect(logLine('\u001b[32;1mgreen\u001b[0;m')).toBe('\u001b[32;1mgreen\u001b[0;m');
  });

  it('keeps nothing that would move the cursor, clear the screen or name the window', () => {
    expect(logLine('a\u001b[2Jb\u001b[1;1Hc\u001b]0;title\u0007d\u001b[?1049le\u0008f\u001b7g')).toBe('abcdefg');
  });

  it('is the last part of a progress line', () => {
    expect(logLine('10%\r50%\r100%\r')).toBe('100%');
  });

  it('has no control character but in colours, whatever a job prints', () => {
    const text = fc.string({
      unit: fc.constantFrom('\u001b', '[', ']', '3', ';', 'm', 'J', '?', 'a', '\u0007', '\r', '\u009b', '\\', ' '),
    });
    fc.assert(
      fc.property(text, (printed) => {
        const left = logLine(printed).replaceAll(new RegExp(`${'\u001b'}\\[[0-9;:]*m`, 'g'), '');
        expect([...left].filter((char) => char < ' ' || (char >= '\u007f' && char <= '\u009f'))).toEqual([]);
      }),
    );
  });
});
