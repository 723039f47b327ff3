import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Every fence of biome.json is shown to hold. A fixture is a small file that breaks one rule; its first two lines name the path
 * where it would lie and the rule. All are laid out in a scratch copy of the house and linted in one run.
 */
interface Fixture {
  readonly name: string;
  readonly at: string;
  readonly breaks: string;
  readonly code: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'tools/fences/fixtures');
const scratch = mkdtempSync(join(tmpdir(), 'fences-'));
const found = new Map<string, string[]>();

const fixtures: Fixture[] = [
  ...readdirSync(folder).map(readFixture),
  {
    name: 'file-of-401-lines',
    at: 'packages/manager/src/flow/bad.ts',
    breaks: 'lint/style/noExcessiveLinesPerFile',
    code: Array.from({ length: 401 }, (_, line) => `export const line${line} = ${line};`).join('\n'),
  },
  {
    name: 'function-of-51-lines',
    at: 'packages/manager/src/flow/bad.ts',
    breaks: 'lint/complexity/noExcessiveLinesPerFunction',
    code: `export function long(call: (n: number) => void): void {\n${Array.from({ length: 51 }, (_, line) => `  call(${line});`).join('\n')}\n}`,
  },
  { name: 'innocent', at: 'packages/manager/src/flow/good.ts', breaks: '', code: 'export const one = 1;\n' },
];

function readFixture(name: string): Fixture {
  const code = readFileSync(join(folder, name), 'utf8');
  const at = /^\/\/ at: (.+)$/m.exec(code)?.[1] ?? '';
  const breaks = /^\/\/ breaks: (.+)$/m.exec(code)?.[1] ?? '';
  return { name: name.replace(/\.ts$/, ''), at, breaks, code: code.replaceAll(/^\/\/.*$/gm, '') };
}

/** Fixtures that would lie at the same path get folders of their own below it, unless the very file name matters. */
function placeOf(fixture: Fixture): string {
  if (fixture.at.endsWith('/main.ts')) return fixture.at;
  return join(dirname(fixture.at), fixture.at.endsWith('.test.ts') ? `${fixture.name}.test.ts` : `${fixture.name}.ts`);
}

beforeAll(() => {
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(scratch, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  cpSync(join(root, 'tools/lint'), join(scratch, 'tools/lint'), { recursive: true });
  for (const fixture of fixtures) {
    mkdirSync(join(scratch, dirname(placeOf(fixture))), { recursive: true });
    writeFileSync(join(scratch, placeOf(fixture)), fixture.code);
  }
  const run = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint', '--colors=off', '--max-diagnostics=none', '.'], {
    cwd: scratch,
    encoding: 'utf8',
  });
  for (const match of run.stderr.matchAll(/^(\S+?\.ts)(?::\d+:\d+)? (lint\/[a-zA-Z/]+|plugin)/gm)) {
    found.set(match[1] ?? '', [...(found.get(match[1] ?? '') ?? []), match[2] ?? '']);
  }
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('fences', () => {
  it.each(fixtures.filter((fixture) => fixture.breaks))('$name is refused by $breaks', (fixture) => {
    expect(found.get(placeOf(fixture)) ?? []).toContain(fixture.breaks);
  });

  it('an innocent file passes all of them', () => {
    expect(found.get('packages/manager/src/flow/innocent.ts') ?? []).toEqual([]);
  });

  it('no drawer names stand in the house', () => {
    const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' }).split('\n');
    const drawers = files.filter((path) => /(^|\/)(utils?|helpers?|common|misc|lib)(\/|\.[a-z]+$)/.test(path));
    // What dev and prd have in common, and nothing else: an environment is a file here, and this one is no environment.
    expect(drawers).toEqual(['environments/common.ts']);
  });
});
