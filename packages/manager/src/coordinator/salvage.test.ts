import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { salvageJob } from './salvage.ts';

function found(body: string): readonly [string, string] | undefined {
  const job = salvageJob(body);
  return job && [job.id, job.token.reveal()];
}

describe('salvageJob', () => {
  it.each<[string, string, readonly [string, string] | undefined]>([
    ['a body cut off', '{"id":7,"token":"abc","job_in', ['7', 'abc']],
    ['a body cut in the token', '{"id":7,"token":"ab', undefined],
    ['the keys at the end', '{"steps":[{"name":"x"}],"token":"abc","id":7}', ['7', 'abc']],
    ['spaces and lines', ' {\n "id" : 7 ,\n "token" : "abc" ', ['7', 'abc']],
    ['an id as text', '{"id":"7","token":"abc"', ['7', 'abc']],
    ['an id beyond 2^53', '{"id":9007199254740993,"token":"abc"', ['9007199254740993', 'abc']],
    ['escapes', '{"a":"\\"id\\":1 \\\\","id":7,"token":"a\\u0062c"', ['7', 'abc']],
    ['keys further in', '{"job_info":{"id":1,"token":"no"},"id":7,"token":"abc"', ['7', 'abc']],
    ['only keys further in', '{"job_info":{"id":1,"token":"no"}}', undefined],
    ['a list', '[{"id":1,"token":"no"}]', undefined],
    ['an id that is an object', '{"id":{"id":3},"token":"abc"}', undefined],
    ['an id below zero', '{"id":-7,"token":"abc"}', undefined],
    ['a token unfit for a header', '{"id":7,"token":"a\\nb"}', undefined],
    ['a page', '<html>"id":7,"token":"abc"</html>', undefined],
    ['nothing', '', undefined],
  ])('reads %s', (_title, body, job) => {
    expect(found(body)).toEqual(job);
  });

  it('finds the credentials wherever the body is cut behind them', () => {
    const anything = fc.json({ maxDepth: 3 });
    fc.assert(
      fc.property(anything, anything, fc.double({ min: 0, max: 1, noNaN: true }), (before, after, share) => {
        const head = `{"x":${before},"id":7,"token":"abc",`;
        const body = `${head}"y":${after}}`;
        const cut = head.length + Math.floor(share * (body.length - head.length));
        expect(found(body.slice(0, cut))).toEqual(['7', 'abc']);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', ':', ',', 'id', 'token', '7', ' ') }),
        (body) => !found(body) || true,
      ),
    );
  });

  it('survives a text that no regular expression can take', () => {
    expect(() => found(`{"x":"${'\\n'.repeat(8_000_000)}","id":7,"token":"abc"}`)).not.toThrow();
  });
});
