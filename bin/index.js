#!/usr/bin/env node
// Starts the built command line: `node path/to/clone/bin local`. Builds it first when this checkout was never built.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../dist/cli.mjs', import.meta.url);
if (!existsSync(program)) {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const build = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (build.status !== 0) {
    process.stderr.write(`fargate-gitlab-runner isn't built and can't be: run "npm ci" in ${root} first\n`);
    process.exit(70);
  }
}
await import(program.href);
