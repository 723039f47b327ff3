// Bundles every program into one file under dist/: what `bin` starts, what the manager image will hold, what the tests run.
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

await build({
  ...bundleOptions,
  entryPoints: programs,
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
});
