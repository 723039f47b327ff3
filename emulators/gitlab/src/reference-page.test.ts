import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { knobsOf } from './coordinator/knobs.ts';
import { ROUTES } from './coordinator/route.ts';
import { DEFAULT_SETTINGS } from './coordinator/settings.ts';

const here = new URL('.', import.meta.url);
const page = readFileSync(new URL('../../../docs/reference/gitlab-emulator.md', here), 'utf8');

/** Names of rules where they are filed: `rule: 'x'`, `['x', …]` and `broken('x', …)` in the judges and routes. */
function rulesInSources(): readonly string[] {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !/test|views/.test(name));
  const judges = files.map((name) => readFileSync(new URL(name, here), 'utf8'));
  const named = judges.flatMap((text) => [
    ...text.matchAll(/rule: '([a-z-]+)'|broken\('([a-z-]+)'|push\(\['([a-z-]+)'|return \[\['([a-z-]+)'|=> \['([a-z-]+)', `the value/g),
  ]);
  return named.map((match) => match.slice(1).find((name) => name !== undefined) ?? '');
}

test('every setting, knob, route and rule of the judge is on the page', () => {
  const rules = rulesInSources();
  expect(rules.length).toBeGreaterThan(30);
  expect(rules).toEqual(expect.arrayContaining(['unmasked', 'first-update', 'trace-gap', 'info', 'header-to-storage', 'after-the-end']));
  const words = [...Object.keys(knobsOf(DEFAULT_SETTINGS)), ...ROUTES, ...rules];
  expect([...new Set(words)].filter((word) => !page.includes(`\`${word}\``))).toEqual([]);
});
