import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];
const source = join(root, 'packages/fargate-gitlab-runner');

/** The package as it would be published: packed from the built programs, and installed where nothing else is. */
describe('the packed package', { timeout: 120_000 }, () => {
  let folder: string;
  const run = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    return { status, stdout, text: `${stdout}${stderr}` };
  };
  const installed = () => join(folder, 'node_modules/fargate-gitlab-runner');

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'fgr-packed-'));
    writeFileSync(join(folder, 'package.json'), '{}');
    const packed = run(process.execPath, join(root, 'tools/pack.mjs'), folder);
    if (packed.status !== 0) throw new Error(packed.text);
    const install = run(
      'npm',
      'install',
      '--prefix',
      folder,
      '--offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      packed.stdout.trim(),
    );
    if (install.status !== 0) throw new Error(install.text);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has no fault that publint knows', async () => {
    const { messages } = await publint({ pkgDir: source, strict: true });
    const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    expect(messages.map((message) => formatMessage(message, manifest))).toEqual([]);
  });

  it('holds its programs, its licence and nothing else', () => {
    const files = readdirSync(installed(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ parentPath, name }) => join(parentPath, name).slice(installed().length + 1)).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'bin/index.js',
      'dist/cli.mjs',
      'dist/emulator-aws.mjs',
      'dist/emulator-gitlab.mjs',
      'dist/manager.mjs',
      'dist/worker.mjs',
      'package.json',
    ]);
  });

  it('carries none of the tools of the tests, which have other licences', () => {
    const programs = readdirSync(join(installed(), 'dist')).map((name) => readFileSync(join(installed(), 'dist', name), 'utf8'));
    for (const program of programs) expect(program).not.toMatch(/iam-simulate|cloud-copilot|explicitlyDenied/i);
  });

  it('installs alone and says its version and revision', () => {
    const { version }: { version: string } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
    const program = run(join(folder, 'node_modules/.bin/fargate-gitlab-runner'), '--version');
    expect(program.status).toBe(0);
    expect(program.stdout).toMatch(/^(\S+) \((?:[0-9a-f]{8}|unknown)\)\n$/);
    expect(program.stdout).toMatch(new RegExp(`^${version.replaceAll('.', '\\.')} `));
    expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['fargate-gitlab-runner']);
  });

  it('runs the sample', () => {
    cpSync(join(root, 'examples/hello'), join(folder, 'hello'), { recursive: true });
    const sample = join(folder, 'hello/.gitlab-ci.yml');
    // One dot instead of thirty, one a second.
    writeFileSync(sample, readFileSync(sample, 'utf8').replace('seq 1 30', 'seq 1 1'));
    const program = run(
      join(folder, 'node_modules/.bin/fargate-gitlab-runner'),
      'local',
      '--directory',
      'hello',
      '--config',
      'hello/runners.yaml',
    );
    expect(program.text).toContain('It works!');
    expect(program.status).toBe(0);
  });
});

it('the list of what the bundles are made of names their parts and no tool of the tests', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/sbom.mjs')], { encoding: 'utf8', maxBuffer: 64 << 20 });
  expect(status, stderr).toBe(0);
  const bom: { bomFormat: string; components: { name: string; licenses?: { license: { id?: string } }[] }[] } = JSON.parse(stdout);
  expect(bom.bomFormat).toBe('CycloneDX');
  const names = bom.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['ssh2', 'zod', '@aws-sdk/client-ecs', 'undici']));
  for (const tool of ['vitest', '@cloud-copilot/iam-simulate', 'aws-cdk-lib', '@changesets/cli']) expect(names).not.toContain(tool);
  const licences = bom.components.flatMap(({ licenses = [] }) => licenses.map(({ license }) => license.id ?? ''));
  expect([...new Set(licences)].filter((id) => !PERMISSIVE.includes(id))).toEqual([]);
});
