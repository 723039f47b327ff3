import { expect, it } from 'vitest';
import { unreachable } from './unreachable.ts';

function nameOf(shape: { readonly kind: 'known' } | { readonly kind: 'other' }): string {
  switch (shape.kind) {
    case 'known':
    case 'other':
      return shape.kind;
    default:
      return unreachable(shape);
  }
}

it('shows the case that nobody thought of', () => {
  expect(nameOf({ kind: 'other' })).toBe('other');
  expect(() => nameOf(JSON.parse('{"kind":"new"}'))).toThrow('a case nobody thought of: {"kind":"new"}');
});
