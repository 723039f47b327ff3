import { FARGATE_SIZES, isFargateSize, memorySizesFor } from '@fargate-gitlab-runner/blueprint';
import type { Finding } from '../finding.ts';
import type { CrossCheck } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** CPU and memory of a worker are a pair that Fargate has. */
export const checkWorkerSizes: CrossCheck = ({ runners, isFaulty }) =>
  runners.flatMap((runner) => (KEYS.some((key) => isFaulty([...runner.path, key])) ? [] : sizeOf(runner)));

const KEYS = ['worker_cpu', 'worker_memory'];

function sizeOf(runner: DraftRunner): Finding[] {
  const { worker_cpu: cpu, worker_memory: memory } = runner.values;
  if (cpu === undefined && memory === undefined) return [];
  if (cpu === undefined) return [{ code: 'FR_CONFIG_SIZE_HALF', path: [...runner.path, 'worker_memory'] }];
  if (memory === undefined) return [{ code: 'FR_CONFIG_SIZE_HALF', path: [...runner.path, 'worker_cpu'] }];
  if (isFargateSize(cpu, memory)) return [];
  const sizes = memorySizesFor(cpu);
  return [
    {
      code: 'FR_CONFIG_SIZE',
      path: [...runner.path, sizes ? 'worker_memory' : 'worker_cpu'],
      given: `worker_cpu ${cpu} with worker_memory ${memory}`,
      allowed: sizes ? `with worker_cpu ${cpu}: ${listed(sizes)}` : `worker_cpu ${listed(FARGATE_SIZES.map((size) => size.cpu))}`,
    },
  ];
}

/** `1024, 2048 ... 8192` instead of a long list. */
function listed(sizes: readonly number[]): string {
  if (sizes.length <= 8) return sizes.join(', ');
  const [first = 0, second = 0] = sizes;
  return `${first} to ${sizes.at(-1)} in steps of ${second - first}`;
}
