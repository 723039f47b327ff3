// Bundles every program into one file under dist/: what `bin` starts, what the manager image will hold, what the tests run.
import { build } from 'esbuild';

const programs = {
  cli: 'packages/cli/src/main.ts',
  manager: 'packages/cli/src/manager.ts',
  'emulator-gitlab': 'emulators/gitlab/src/main.ts',
  'emulator-aws': 'emulators/aws/src/main.ts',
  worker: 'emulators/aws/src/worker/main.ts',
  'stub-aws-provider': 'testkit/src/terraform/stub-provider-main.ts',
};

await build({
  entryPoints: programs,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  conditions: ['source'],
  sourcemap: true,
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  loader: { '.node': 'empty' },
  external: ['cpu-features'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); const __filename = import.meta.filename; const __dirname = import.meta.dirname;",
  },
});
