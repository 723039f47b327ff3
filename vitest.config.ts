import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    include: [
      '{packages,emulators}/*/src/**/*.test.ts',
      'testkit/src/**/*.test.ts',
      'e2e/src/**/*.test.ts',
      'chaos/src/**/*.test.ts',
      'tools/**/*.test.ts',
      'images/**/*.test.ts',
      'infra/**/*.test.ts',
      'environments/*.test.ts',
    ],
    pool: 'forks',
    // Half of the long tests wait most of their time.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
