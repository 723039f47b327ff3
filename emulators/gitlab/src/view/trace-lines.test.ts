import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type TraceItem, traceItems } from './trace-lines.ts';

const E = '\u001b';

/** Lines as their text, sections as an array that begins with their header. */
function shape(items: readonly TraceItem[]): readonly unknown[] {
  return items.map((item) => {
    const text = (item.kind === 'line' ? item.spans : item.header).map((span) => span.text).join('');
    return item.kind === 'line' ? text : [`${text}|${item.name}|${item.duration ?? 'open'}|${item.isCollapsed}`, ...shape(item.items)];
  });
}

test('sections nest, with header, duration and whether they begin folded', () => {
  const trace = [
    'before',
    `section_start:100:outer\r${E}[0K${E}[36mOuter header${E}[0m`,
    'one',
    `section_start:101:inner[collapsed=true]\r${E}[0K`,
    'two',
    `section_end:103:inner\r${E}[0K`,
    `section_end:110:outer\r${E}[0Kafter`,
    `section_start:120:open\r${E}[0KNever ended`,
    'three',
  ].join('\n');
  expect(shape(traceItems(trace))).toEqual([
    'before',
    ['Outer header|outer|10|false', 'one', ['|inner|2|true', 'two']],
    'after',
    ['Never ended|open|open|false', 'three'],
  ]);
});

test('an end closes what was opened inside of it, and an end without a beginning closes nothing', () => {
  const trace = `section_start:1:a\r${E}[0KA\nsection_start:2:b\r${E}[0KB\nx\nsection_end:5:a\r${E}[0K\nsection_end:9:b\r${E}[0K\ny\n`;
  expect(shape(traceItems(trace))).toEqual([['A|a|4|false', ['B|b|open|false', 'x']], 'y']);
});

test('timestamps stand apart, and a continued line is one', () => {
  const trace =
    '2026-11-26T18:00:00.000000Z 01O one \n2026-11-26T18:00:01.000000Z 01E+and more\n2026-11-26T18:00:02.000000Z 01O two\nplain\n';
  const lines = traceItems(trace).map((item) => (item.kind === 'line' ? [item.at, item.spans.map((span) => span.text).join('')] : []));
  expect(lines).toEqual([
    ['18:00:00', 'one and more'],
    ['18:00:02', 'two'],
    [undefined, 'plain'],
  ]);
});

test('what a carriage return has overwritten is gone; empty lines stay', () => {
  expect(shape(traceItems('10%\r50%\r100%\r\n\nend'))).toEqual(['100%', '', 'end']);
});

test.each([
  ['31', { foreground: 1 }],
  ['1;92', { bold: true, foreground: 10 }],
  ['44', { background: 4 }],
  ['38;5;208', { foreground: 208 }],
  ['48;2;255;0;0', { background: 196 }],
  ['38;5;999', {}],
  ['31;0', {}],
  ['3;4;2', { italic: true, underline: true, faint: true }],
  ['1;22;31;39', {}],
])('the sequence %s means %j, until it is reset', (parameters, style) => {
  const [first, second] = traceItems(`${E}[${parameters}mtext${E}[m after\n`);
  expect([first, second]).toEqual([
    {
      kind: 'line',
      at: undefined,
      spans: [
        { text: 'text', style },
        { text: ' after', style: {} },
      ],
    },
    undefined,
  ]);
});

test('a colour goes on over the end of a line', () => {
  expect(traceItems(`${E}[31mred\nstill red`)).toEqual([
    { kind: 'line', at: undefined, spans: [{ text: 'red', style: { foreground: 1 } }] },
    { kind: 'line', at: undefined, spans: [{ text: 'still red', style: { foreground: 1 } }] },
  ]);
});

test('whatever is in a trace, no control character is left', () => {
  const pieces = fc.constantFrom(
    'a',
    '\n',
    '\r',
    E,
    `${E}[31m`,
    `${E}[0K`,
    '\u0007',
    '\u009b31m',
    '\t',
    `section_start:1:a\r${E}[0K`,
    `section_end:2:a\r${E}[0K`,
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (trace) => {
      expect(JSON.stringify(shape(traceItems(trace.join('')))).replaceAll('\\t', '')).not.toMatch(/\\u00[0189]|\\[nrbf]/);
    }),
  );
});
