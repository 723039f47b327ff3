// Packs the package that is published: `node tools/pack.mjs [FOLDER]` writes the tarball there (dist/release when left out) and prints its
// path. What goes in is the built programs, which carry everything they need: the package depends on nothing.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = ['cli', 'manager', 'emulator-gitlab', 'emulator-aws', 'worker'];
const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'packages/fargate-gitlab-runner');
const target = resolve(process.argv[2] ?? join(root, 'dist/release'));

rmSync(join(source, 'dist'), { recursive: true, force: true });
mkdirSync(join(source, 'dist'), { recursive: true });
mkdirSync(target, { recursive: true });
for (const name of PROGRAMS) copyFileSync(join(root, `dist/${name}.mjs`), join(source, `dist/${name}.mjs`));
copyFileSync(join(root, 'LICENSE'), join(source, 'LICENSE'));
const { status, stdout, stderr } = spawnSync('npm', ['pack', '--json', '--pack-destination', target], { cwd: source, encoding: 'utf8' });
if (status !== 0) throw new Error(stderr);
process.stdout.write(`${join(target, JSON.parse(stdout)[0].filename)}\n`);
