import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { JobTrace } from './job-trace.ts';

/**
 * What a manager makes of given input is part of the contract: during a rolling deploy one of another version makes chunks again by
 * their recipes, and their checksums must fit. Whoever has to change a digest here lets chunks be kept with their bytes
 * (`encodeChunk`) for one release, so that no recipe of the old rules meets the new ones.
 */
const samples = [
  { what: 'timestamps and continued lines', pieces: ['one\ntwo', ' and more\n', `${'long '.repeat(4000)}\n`], digest: '80b339e6' },
  { what: 'phrases', pieces: ['a hunter2 b hun', 'ter2\n', 'hunter2hunter2\n'], digest: 'dc1aa5a1' },
  { what: 'token prefixes', pieces: ['glpat-abcdefghij', 'klm next\n', 'xglcbt-1_2-3\n'], digest: 'fecf4bea' },
  { what: 'parameters of addresses', pieces: ['https://h/?private_to', 'ken=abc&x=1\n'], digest: '2a1e2cc4' },
  { what: 'bytes that are no UTF-8', pieces: [Buffer.from([0xff, 0x41, 0xc3]), Buffer.from([0xa4, 0x0a, 0xe2, 0x82])], digest: 'b6de67c4' },
  { what: 'progress bars and sections', pieces: ['10 %\r20 %', '\r\n', 'section_start:1:a\r\u001b[0KHead\n'], digest: 'd8ed60f1' },
];

test.each(samples)('the trace of $what is what it was', ({ pieces, digest }) => {
  let nowMs = 1_767_225_600_000;
  const trace = new JobTrace({
    masks: ['hunter2'],
    tokenPrefixes: ['mine-'],
    hasTimestamps: true,
    limitBytes: 20_000,
    clock: { now: () => nowMs },
  });
  trace.say(undefined, 'Preparing hunter2\n');
  for (const piece of pieces) {
    nowMs += 250;
    trace.script(Buffer.from(piece));
  }
  trace.endScript();
  const { bytes } = trace.takeChunk() ?? expect.fail('there is no chunk');
  expect(createHash('sha256').update(bytes).digest('hex').slice(0, 8)).toBe(digest);
});
