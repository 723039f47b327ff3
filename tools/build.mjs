// Bundles every program into one file under dist/: what `bin` starts, what the manager image will hold, what the tests run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { bundleOptions } from './bundle-options.mjs';

const programs = {
  cli: 'packages/cli/src/main.ts',
  manager: 'packages/cli/src/manager.ts',
  'emulator-gitlab': 'emulators/gitlab/src/main.ts',
  'emulator-aws': 'emulators/aws/src/main.ts',
  worker: 'emulators/aws/src/worker/main.ts',
  'stub-aws-provider': 'testkit/src/terraform/stub-provider-main.ts',
};

const { version } = JSON.parse(readFileSync(new URL('../packages/fargate-gitlab-runner/package.json', import.meta.url), 'utf8'));
// Without git, or in an archive of the sources, nobody knows the revision.
const revision = spawnSync('git', ['rev-parse', '--short=8', 'HEAD'], { encoding: 'utf8' }).stdout?.trim() || 'unknown';

const { metafile } = await build({
  ...bundleOptions,
  define: { BUILD_VERSION: JSON.stringify(version), BUILD_REVISION: JSON.stringify(revision) },
  metafile: true,
  entryPoints: programs,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
});

// Of what the bundles that are given away are made: folders of packages below node_modules, for the SBOM.
const parts = Object.entries(metafile.outputs)
  .filter(([file]) => file.endsWith('.mjs') && !file.includes('stub-aws-provider'))
  .flatMap(([, { inputs }]) => Object.keys(inputs))
  .flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
mkdirSync('dist', { recursive: true });
writeFileSync('dist/bundle-parts.json', `${JSON.stringify([...new Set(parts)].sort(), null, 2)}\n`);
