// Runs this repository's own .gitlab-ci.yml through `local` and asserts that every job of it succeeds. Its jobs must never come here
// again: whoever does is told so.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const INSIDE = 'FARGATE_GITLAB_RUNNER_OWN_PIPELINE';

if (process.env[INSIDE]) {
  process.stdout.write('a job of .gitlab-ci.yml runs the pipeline that it belongs to\n');
  process.exit(1);
}
const listed = JSON.parse(execFileSync('node', ['bin', 'local', '--list', '--json'], { cwd: root, encoding: 'utf8' }));
// A worker has a HOME of its own: what npm has fetched on this machine already is copied there. Which registry npm asks is not our business.
const cache = execFileSync('npm', ['config', 'get', 'cache'], { cwd: root, encoding: 'utf8' }).trim();
const variables = [`${INSIDE}=1`, `NPM_CACHE_TO_COPY=${cache}`].flatMap((pair) => ['--var', pair]);
const child = spawn('node', ['bin', 'local', '--plain', ...variables], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
const [output] = await Promise.all([text(child.stdout), once(child, 'close')]);

const lines = output.split('\n');
const missing = listed.filter(({ name }) => !lines.some((line) => line.startsWith(`${name}: success in `)));
const problems = [
  ...(child.exitCode === 0 ? [] : [`exit code ${child.exitCode} instead of 0`]),
  ...(listed.length < 3 ? [`only ${listed.length} jobs`] : []),
  ...missing.map(({ name }) => `${name} did not succeed`),
  ...(/^pipeline: success in /.test(lines.findLast((line) => line !== '') ?? '') ? [] : ['the last line does not tell success']),
];
process.stdout.write(problems.length === 0 ? `${listed.length} jobs succeeded\n` : `${output}\n${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
