import { expect, it } from 'vitest';
import { CLASSIFICATION } from '../../packages/manager/src/fleet/classification-table.ts';
import { failuresPage, generate } from './failures-reference.ts';

it('the page of failures has every row of the table, with who can mend it and what follows', async () => {
  const [page] = await generate();
  expect(page?.path).toBe('docs/reference/failures.md');
  const rows = page?.content.match(/^\| `FR_FLEET_\w+` \|.*$/gm) ?? [];
  expect(rows).toHaveLength(CLASSIFICATION.length);
  expect(rows.every((row) => /\| (?:user|operator|AWS) \|/.test(row))).toBe(true);
  expect(page?.content).toContain('| later, elsewhere, capacity | operator |');
});

it('bars and angle brackets in the words of AWS break no table', () => {
  const [row] = CLASSIFICATION;
  const page = failuresPage(row ? [{ ...row, example: 'a | <b>' }] : []);
  expect(page).toContain('| a \\| &lt;b> |');
});
