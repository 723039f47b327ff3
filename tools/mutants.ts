import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Proves that tests can fail. Each tools/mutants/*.patch breaks one promise; its header names the test that must turn red:
 *
 *     # test: <test file> -- <part of the title>
 *     # breaks: <the promise>
 *
 * A mutant is applied, the named test is run, the mutant is taken back. `npm run mutants [-- part-of-a-name]`. The tree must be clean,
 * because what is mutated is the working tree.
 */
const folder = new URL('./mutants/', import.meta.url);
const wanted = process.argv[2] ?? '';

interface Mutant {
  readonly name: string;
  readonly test: string;
  readonly title: string;
  readonly needsBuild: boolean;
}

function readMutant(name: string): Mutant {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const [, test = '', title = ''] = /^# test: (\S+) -- (.+)$/m.exec(text) ?? [];
  if (test === '' || title === '') throw new Error(`${name}: its header names no test`);
  return { name, test, title, needsBuild: /^(e2e|testkit)\//.test(test) };
}

function run(command: string, args: readonly string[]) {
  return spawnSync(command, args, { encoding: 'utf8', timeout: 900_000, env: { ...process.env, CI: 'true' } });
}

/** Whether the named test ran, and whether it failed. */
function judge(mutant: Mutant): 'red' | 'green' | 'not run' {
  if (mutant.needsBuild) run('node', ['tools/build.mjs']);
  const pattern = mutant.title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const result = run('npx', ['vitest', 'run', mutant.test, '-t', pattern, '--reporter=json']);
  const start = result.stdout.indexOf('{"numTotal');
  if (start < 0) return 'not run';
  const report = JSON.parse(result.stdout.slice(start));
  if (report.numFailedTests > 0) return 'red';
  return report.numPassedTests > 0 ? 'green' : 'not run';
}

function tryMutant(mutant: Mutant): string {
  const path = `tools/mutants/${mutant.name}`;
  const applied = run('git', ['apply', path]);
  if (applied.status !== 0) return `does not apply: ${applied.stderr.trim()}`;
  try {
    return judge(mutant);
  } finally {
    run('git', ['apply', '-R', path]);
    if (mutant.needsBuild) run('node', ['tools/build.mjs']);
  }
}

const names = readdirSync(folder)
  .filter((name) => name.endsWith('.patch') && name.includes(wanted))
  .sort();
let survivors = 0;
for (const mutant of names.map(readMutant)) {
  const outcome = tryMutant(mutant);
  if (outcome !== 'red') survivors++;
  process.stdout.write(
    `${outcome === 'red' ? 'killed  ' : 'SURVIVED'} ${mutant.name} (${mutant.test} -- ${mutant.title})${outcome === 'red' ? '' : `: ${outcome}`}\n`,
  );
}
process.stdout.write(`${names.length - survivors} mutants killed, ${survivors} survived\n`);
process.exitCode = survivors === 0 && names.length > 0 ? 0 : 1;
