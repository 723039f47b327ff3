import { describe, expect, it } from 'vitest';
import { sampleRecord } from '../store/sample-record.test-double.ts';
import { unknownExecutorOptions } from './executor-options.ts';

const image = { alias: undefined, entrypoint: undefined, command: undefined, variables: [], pull_policy: [], name: 'alpine' };
const job = (options: Record<string, unknown> | undefined, ofService?: Record<string, unknown>) => ({
  ...sampleRecord().payload,
  image: { ...image, executor_opts: options },
  services: [{ ...image, name: 'redis', executor_opts: ofService }],
});

describe('options of images', () => {
  it('17: are all known in an ordinary job', () => {
    expect(unknownExecutorOptions(job(undefined))).toEqual([]);
    expect(unknownExecutorOptions(job({ docker: { platform: 'linux/amd64', user: 1000 }, kubernetes: { user: '1' } }, {}))).toEqual([]);
  });

  it('17: are named when they are unknown, wherever they stand', () => {
    expect(
      unknownExecutorOptions(job({ podman: {}, docker: { privileged: true } }, { kubernetes: { platform: 'x' }, constructor: {} })),
    ).toEqual([
      'image: unsupported executor option "podman"',
      'image: unsupported docker option "privileged"',
      'service redis: unsupported kubernetes option "platform"',
      'service redis: unsupported executor option "constructor"',
    ]);
  });
});
