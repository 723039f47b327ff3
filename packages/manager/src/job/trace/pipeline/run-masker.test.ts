import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RunMasker, type RunRule } from './run-masker.ts';
import { tokenPrefixes } from './token-prefixes.ts';
import { URL_PARAMETERS } from './url-parameters.ts';

function maskInPieces(rule: RunRule, text: string, cuts: readonly number[]): string {
  let masker = new RunMasker(rule);
  let out = '';
  let at = 0;
  for (const end of [...new Set([...cuts, text.length])].sort((a, b) => a - b)) {
    out += Buffer.from(masker.write(Buffer.from(text.slice(at, end), 'latin1'))).toString('latin1');
    masker = new RunMasker(rule, JSON.parse(JSON.stringify(masker.state())));
    at = end;
  }
  return out;
}

const everyByte = (text: string) => Array.from(text, (_, at) => at);

describe('sensitive URL parameters', () => {
  test.each([
    ['https://x/?X-Amz-Signature=abc&y=1', 'https://x/?X-Amz-Signature=[MASKED]&y=1'],
    ['https://x/?a=1&PRIVATE_TOKEN=s3 and more', 'https://x/?a=1&PRIVATE_TOKEN=[MASKED] and more'],
    ['?rss_token=a?authenticity_token=b\n', '?rss_token=[MASKED]?authenticity_token=[MASKED]\n'],
    ['&x-amz-credential=a%2Fb&x-amz-security-token=c\u0001', '&x-amz-credential=[MASKED]&x-amz-security-token=[MASKED]\u0001'],
    ['?private_token=&y=1', '?private_token=&y=1'],
    ['my_private_token=abc ?private_tokens=abc', 'my_private_token=abc ?private_tokens=abc'],
    ['??&?rss_token=x', '??&?rss_token=[MASKED]'],
  ])('%j is shown as %j, cut at every byte', (text, masked) => {
    expect(maskInPieces(URL_PARAMETERS, text, [])).toBe(masked);
    expect(maskInPieces(URL_PARAMETERS, text, everyByte(text))).toBe(masked);
  });
});

describe('token prefixes', () => {
  const rule = tokenPrefixes(['corp_', ' ', ''], { hasDefaults: true });

  test.each([
    ['glpat-abc_DEF.1', 'glpat-[MASKED]'],
    ['glpat-abc!glrt-t1_xyz glrtr-q', 'glpat-[MASKED]!glrt-[MASKED] glrtr-[MASKED]'],
    ['_gitlab_session=0123;', '_gitlab_session=[MASKED];'],
    ['corp_value, other', 'corp_[MASKED], other'],
    ['glglpat-x', 'glglpat-[MASKED]'],
    ['glpat- glpat-[MASKED]', 'glpat- glpat-[MASKED]'],
    ['GLPAT-abc', 'GLPAT-abc'],
  ])('%j is shown as %j, cut at every byte', (text, masked) => {
    expect(maskInPieces(rule, text, [])).toBe(masked);
    expect(maskInPieces(rule, text, everyByte(text))).toBe(masked);
  });

  test.each([
    'glpat-',
    'gloas-',
    'gldt-',
    'glrt-',
    'glcbt-',
    'glrtr-',
    'glptt-',
    'glft-',
    'glimt-',
    'glagent-',
    'glsoat-',
    'glffct-',
    'gltok-',
  ])('%s is known', (prefix) => {
    expect(maskInPieces(tokenPrefixes([], { hasDefaults: true }), `${prefix}0aZ`, [])).toBe(`${prefix}[MASKED]`);
  });

  test('many prefixes of a job all count', () => {
    const many = Array.from({ length: 30 }, (_, at) => `p${at}:`);
    expect(maskInPieces(tokenPrefixes(many, { hasDefaults: true }), 'p29:value', [])).toBe('p29:[MASKED]');
  });

  test('a new stream does not go on masking', () => {
    const masker = new RunMasker(rule);
    masker.write(Buffer.from('glpat-abc'));
    masker.end();
    expect(Buffer.from(masker.write(Buffer.from('def'))).toString()).toBe('def');
  });

  test('gives the same text wherever it is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('glpat-', 'glrt', '-', 'r', 'gl', 'x', ' ', '='), maxLength: 30 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(120)), (whole, cuts) => {
        const at = cuts.map((cut) => cut % (whole.length + 1));
        expect(maskInPieces(rule, whole, at)).toBe(whole.replaceAll(/(glpat-|glrt-|glrtr-)[A-Za-z0-9_.=-]+/g, '$1[MASKED]'));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});
