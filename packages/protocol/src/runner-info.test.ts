import { describe, expect, it } from 'vitest';
import { featuresOf } from './runner-info.ts';

describe('featuresOf', () => {
  it('4: names all 31 features whatever is kept', () => {
    expect(Object.keys(featuresOf([]))).toHaveLength(31);
    expect(Object.keys(featuresOf(['masking', 'refspecs']))).toHaveLength(31);
  });

  it('is true for what is kept and for nothing else', () => {
    const kept = Object.entries(featuresOf(['masking', 'cancel_gracefully'])).filter(([, isKept]) => isKept);
    expect(kept.map(([name]) => name)).toEqual(['masking', 'cancel_gracefully']);
  });

  it('leaves no trace of one call in the next', () => {
    featuresOf(['masking']);
    expect(featuresOf([]).masking).toBe(false);
  });
});
