// Reads vitest's JSON report: every skipped test must stand, with a reason, in allowed-skips.json. Last line: "<passed> <failed>".
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const allowed = JSON.parse(readFileSync(new URL('./allowed-skips.json', import.meta.url), 'utf8'));
const tests = report.testResults.flatMap((file) => file.assertionResults);
const skipped = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed').map((test) => test.fullName);
const unexplained = skipped.filter((name) => !(name in allowed));
const brokenFiles = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
);
for (const name of skipped) process.stdout.write(`skipped: ${name}: ${allowed[name] ?? 'NOT IN THE LIST OF ALLOWED SKIPS'}\n`);
for (const file of brokenFiles) process.stdout.write(`broken: ${file.name}: ${file.message}\n`);
const passed = tests.filter((test) => test.status === 'passed').length;
const failed = tests.filter((test) => test.status === 'failed').length + unexplained.length + brokenFiles.length;
process.stdout.write(`tests: ${passed} ${failed}\n`);
