import { ManualClock } from '@fargate-gitlab-runner/kernel';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sectionEndMarker, sectionStartMarker } from '../sections.ts';
import { pipelineStateSchema } from './pipeline-state.ts';
import { TracePipeline } from './trace-pipeline.ts';

const MASKS = ['hunter2', 'aab', 'two\nlines', 'ünï-secret'];
const ENTRY = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z [0-9a-f]{2}[OE][ +]/;

function settings(hasTimestamps: boolean) {
  return { masks: MASKS, tokenPrefixes: ['corp-'], hasTimestamps, clock: new ManualClock() };
}

/** The pipeline as a successor gets it. */
function handedOver(pipeline: TracePipeline, hasTimestamps: boolean): TracePipeline {
  return new TracePipeline(settings(hasTimestamps), pipelineStateSchema.parse(JSON.parse(JSON.stringify(pipeline.state()))));
}

/** Feeds pieces, handing the pipeline over after each when `isHandedOver`. */
function feed(pieces: readonly Uint8Array[], of: { hasTimestamps: boolean; isHandedOver: boolean }): string {
  let pipeline = new TracePipeline(settings(of.hasTimestamps));
  const out: Uint8Array[] = [];
  for (const piece of pieces) {
    out.push(pipeline.script(piece));
    if (of.isHandedOver) pipeline = handedOver(pipeline, of.hasTimestamps);
  }
  return Buffer.concat([...out, pipeline.endScript()]).toString();
}

function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

/** What a reader sees: stamps taken off, continued lines joined. */
function withoutStamps(trace: string): string {
  return trace.replaceAll(/\n\S{27} 01O\+/g, '').replaceAll(/^\S{27} 01O /gm, '');
}

const PIECES = [
  'hunter2',
  'hunt',
  'er2',
  'aab',
  'aa',
  'two\nlines',
  'two',
  '\n',
  'ünï-secret',
  'ü',
  'glpat-abc',
  'corp-x1',
  '?private_token=q',
  '&',
  ' ',
  '\r',
  '\r\n',
  'x'.repeat(9000),
  'plain text ',
];
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES).map((piece) => Buffer.from(piece)),
      fc.uint8Array({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => Buffer.concat(parts));
const anyCuts = fc.array(fc.nat(40_000), { maxLength: 12 });

describe('trace pipeline', () => {
  test('47: gives the same text wherever it is cut, and never a secret', () => {
    fc.assert(
      fc.property(anyText, anyCuts, (bytes, cuts) => {
        const whole = feed([bytes], { hasTimestamps: false, isHandedOver: false });
        const pieces = cutAt(bytes, cuts);
        expect(feed(pieces, { hasTimestamps: false, isHandedOver: false })).toBe(whole);
        const stamped = feed(pieces, { hasTimestamps: true, isHandedOver: false });
        expect(withoutStamps(stamped)).toBe(whole === '' || whole.endsWith('\n') ? whole : `${whole}\n`);
        for (const mask of MASKS) expect(whole).not.toContain(mask);
        for (const line of stamped.split('\n').slice(0, -1)) expect(line).toMatch(ENTRY);
      }),
      { numRuns: 400, seed: 1 },
    );
  });

  test('a successor goes on at whatever byte the state was taken', () => {
    fc.assert(
      fc.property(anyText, anyCuts, (bytes, cuts) => {
        const pieces = cutAt(bytes, cuts);
        const alone = feed(pieces, { hasTimestamps: true, isHandedOver: false });
        expect(feed(pieces, { hasTimestamps: true, isHandedOver: true })).toBe(alone);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  test('a hand-over after every single byte changes nothing', () => {
    const text = 'a hunter2 aaab\ntwo\nlines é\u{1f600} ünï-secret glpat-12.3 x?private_token=qq&z\nend';
    const bytes = Buffer.from(text);
    const everyByte = cutAt(
      bytes,
      Array.from(bytes, (_, at) => at),
    );
    const out = feed(everyByte, { hasTimestamps: true, isHandedOver: true });
    expect(withoutStamps(out)).toBe('a [MASKED] a[MASKED]\n[MASKED] é\u{1f600} [MASKED] glpat-[MASKED] x?private_token=[MASKED]&z\nend\n');
  });

  test('a secret that is cut by the state is masked by the successor, never shown by either', () => {
    const first = new TracePipeline(settings(true));
    const before = first.script(Buffer.from('pass: hunt'));
    const after = handedOver(first, true).script(Buffer.from('er2\n'));
    expect(withoutStamps(Buffer.concat([before, after]).toString())).toBe('pass: [MASKED]\n');
  });

  test('invalid bytes do not build a phrase with the replacement character', () => {
    const pipeline = new TracePipeline({ ...settings(false), masks: ['a\ufffdb'] });
    expect(Buffer.concat([pipeline.script(Buffer.from([0x61, 0xff, 0x62])), pipeline.endScript()]).toString()).toBe('[MASKED]');
  });

  test('nothing is matched across the two streams', () => {
    const pipeline = new TracePipeline(settings(false));
    const out = [pipeline.script(Buffer.from('hunt')), pipeline.say('er2\n'), pipeline.script(Buffer.from('er2\n'))];
    expect(Buffer.concat(out).toString()).toBe('er2\n[MASKED]\n');
  });

  test("the manager's lines are stream 00, whole, and masked", () => {
    const pipeline = new TracePipeline(settings(true));
    const said = Buffer.concat([pipeline.say('using hunter2'), pipeline.say('done\n')]).toString();
    expect(said.split('\n').map((entry) => entry.slice(28))).toEqual(['00O using [MASKED]', '00O done', '']);
  });

  test('the heading of a section is an entry of its own that continues the marker', () => {
    const pipeline = new TracePipeline(settings(true));
    const said = [
      pipeline.say(`${sectionStartMarker('get_sources', 5)}Getting source\n`),
      pipeline.say(sectionEndMarker('get_sources', 6)),
      pipeline.say(sectionStartMarker('step_script', 7)),
      pipeline.say('Running\n'),
      pipeline.say('next\n'),
    ];
    expect(
      Buffer.concat(said)
        .toString()
        .split('\n')
        .map((entry) => entry.slice(28)),
    ).toEqual([
      '00O section_start:5:get_sources\r\u001b[0K',
      '00O+Getting source',
      '00O section_end:6:get_sources\r\u001b[0K',
      '00O+section_start:7:step_script\r\u001b[0K',
      '00O+Running',
      '00O next',
      '',
    ]);
  });

  test('a script that imitates section markers is left alone', () => {
    const pipeline = new TracePipeline(settings(false));
    const marker = 'section_start:5:mine\r\u001b[0KMine\n';
    expect(Buffer.from(pipeline.script(Buffer.from(marker))).toString()).toBe(marker);
  });

  test('phrases that are learnt later are masked from then on, the old ones too', () => {
    const pipeline = new TracePipeline(settings(false));
    const early = pipeline.script(Buffer.from('late1 la'));
    pipeline.addMasks(['late1']);
    expect(Buffer.concat([early, pipeline.script(Buffer.from('te1 hunter2\n'))]).toString()).toBe('late1 late1 [MASKED]\n');
    expect(Buffer.from(pipeline.script(Buffer.from('late1\n'))).toString()).toBe('[MASKED]\n');
  });
});
