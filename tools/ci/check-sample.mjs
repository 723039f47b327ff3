// Runs the sample as a newcomer would (`npm start`) and asserts what the README promises of it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const problems = [];
const expect = (holds, what) => holds || problems.push(what);

const before = { git: gitState(), files: temporaryFiles(), ports: listening(), processes: ours() };
const child = spawn('npm', ['start'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
const lines = [];
for (const stream of [child.stdout, child.stderr]) {
  createInterface({ input: stream }).on('line', (text) => lines.push({ text, at: performance.now() }));
}
const [code] = await once(child, 'close');

const texts = lines.map((line) => line.text);
const dots = lines.filter((line) => line.text === '.');
const gaps = dots.slice(1).map((dot, i) => dot.at - dots[i].at);
expect(code === 0, `exit code ${code} instead of 0`);
expect(texts.filter((text) => text === 'It works!').length === 1, '"It works!" is not printed exactly once as output');
expect(dots.length === 30, `${dots.length} dot lines instead of 30`);
// The log goes to GitLab about once a second, on a slow machine less often: several dots may come together, but never most of them.
expect(gaps.filter((gap) => gap > 300).length >= 12, `the dots did not arrive one by one: gaps of ${gaps.map(Math.round).join(', ')} ms`);
expect(
  /^test: success in \d+\.\d s$/.test(texts.find((text) => text.startsWith('test: ')) ?? ''),
  'no line with the state and duration of the job',
);
expect(/success.*\d+\.\d s/.test(texts.at(-1) ?? ''), `the last line does not tell the state and duration: ${texts.at(-1)}`);

const after = { git: gitState(), files: temporaryFiles(), ports: listening(), processes: ours() };
expect(after.git === before.git, `git status changed: ${after.git}`);
expect(extra(before.files, after.files).length === 0, `files left: ${extra(before.files, after.files)}`);
expect(extra(before.ports, after.ports).length === 0, `ports left: ${extra(before.ports, after.ports)}`);
expect(extra(before.processes, after.processes).length === 0, `processes left: ${extra(before.processes, after.processes)}`);

if (problems.length > 0) process.stdout.write(`${texts.slice(-40).join('\n')}\n\n`);
process.stdout.write(problems.length === 0 ? 'the sample does what the README says\n' : `${problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function extra(old, now) {
  return now.filter((entry) => !old.includes(entry));
}

function gitState() {
  return execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' });
}

function temporaryFiles() {
  return readdirSync(tmpdir()).filter((name) => /fargate|fgr/i.test(name));
}

/** Listening TCP sockets, as the kernel lists them. */
function listening() {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === '0A')
      .map((fields) => fields[1]),
  );
}

/** Processes started from this checkout or marked as a worker of ours. */
function ours() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return /dist\/(cli|manager|emulator|worker)|fargate-gitlab-runner-/.test(command) ? [`${pid} ${command}`] : [];
      } catch {
        return [];
      }
    });
}
