import { configDefaults, defineConfig } from 'vitest/config';

/** Rooms whose tests start few programs. */
const SHARING = [
  'packages/{blueprint,config,kernel,protocol}/src/**/*.test.ts',
  'packages/manager/src/{cache,coordinator,fleet,flow,secrets,store,telemetry}/**/*.test.ts',
  'packages/manager/src/job/*.test.ts',
  'packages/manager/src/job/{drive,ending,inputs,job-secrets,placing,stages,trace,worker}/**/*.test.ts',
  'emulators/aws/src/{ecs,s3}/**/*.test.ts',
  'emulators/gitlab/src/**/*.test.ts',
];

/** The walk through the cases, which takes the longest: `npm run cases`. */
const CASES = ['e2e/src/cases/cases.test.ts'];

/** Everything. */
const ALL = [
  '{packages,emulators}/*/src/**/*.test.ts',
  'testkit/src/**/*.test.ts',
  'e2e/src/**/*.test.ts',
  'chaos/src/**/*.test.ts',
  'tools/**/*.test.ts',
  'images/**/*.test.ts',
  'infra/**/*.test.ts',
  'environments/*.test.ts',
];

/**
 * Two kinds of test files. Those of `SHARING` run in processes that they share, with all that one of them has imported: half of the processor
 * time of such a file is its imports. Each of the others has a process of its own, because a process that has grown starts programs slowly.
 */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  resolve: { conditions: ['source', 'node', 'import', 'default'] },
  test: {
    pool: 'forks',
    // Half of the long tests wait most of their time.
    maxWorkers: 3,
    // Nets, not measures: a busy machine takes many times as long as a quiet one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default'],
    setupFiles: ['./tools/tests/seed-properties.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    projects: [
      { extends: true, test: { name: 'sharing', include: SHARING, isolate: false, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: { name: 'alone', include: ALL, exclude: [...configDefaults.exclude, ...SHARING, ...CASES], sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'cases', include: CASES, sequence: { groupOrder: 1 } } },
    ],
  },
});
