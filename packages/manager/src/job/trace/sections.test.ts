import { describe, expect, test } from 'vitest';
import { errorLine, headingLine, infoLine, plainLine, sectionEndMarker, sectionStartMarker, warningLine } from './sections.ts';

describe("the manager's lines", () => {
  test('section markers are the exact bytes, without a line end', () => {
    expect(sectionStartMarker('get_sources', 1700000000)).toBe('section_start:1700000000:get_sources\r\x1b[0K');
    expect(sectionEndMarker('get_sources', 1700000009)).toBe('section_end:1700000009:get_sources\r\x1b[0K');
  });

  test('a heading is cyan', () => {
    expect(headingLine('Getting source')).toBe('\x1b[0K\x1b[36;1mGetting source\x1b[0;m\x1b[0;m\n');
  });

  test('every form of line has its colour and ends with a reset and a line end', () => {
    expect(plainLine('a')).toBe('\x1b[0Ka\x1b[0;m\n');
    expect(infoLine('Job succeeded')).toBe('\x1b[32;1mJob succeeded\x1b[0;m\n');
    expect(warningLine('a')).toBe('\x1b[0;33mWARNING: a\x1b[0;m\n');
    expect(errorLine('Job failed: a')).toBe('\x1b[31;1mERROR: Job failed: a\x1b[0;m\n');
  });
});
