import { FARGATE_SIZES, isFargateSize, memorySizesFor } from '@fargate-gitlab-runner/blueprint';
import type { Finding, Path } from '../finding.ts';
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
  return sizeFindings({ cpu, memory }, { path: runner.path, of: 'worker' });
}

/** What keeps a pair of CPU units and MiB from being a size of Fargate; `of` is what the two keys begin with. */
export function sizeFindings(
  { cpu, memory }: { readonly cpu: number; readonly memory: number },
  { path, of }: { readonly path: Path; readonly of: 'worker' | 'manager' },
): Finding[] {
  if (isFargateSize(cpu, memory)) return [];
  const sizes = memorySizesFor(cpu);
  return [
    {
      code: 'FR_CONFIG_SIZE',
      path: [...path, `${of}_${sizes ? 'memory' : 'cpu'}`],
      given: `${of}_cpu ${cpu} with ${of}_memory ${memory}`,
      allowed: sizes ? `with ${of}_cpu ${cpu}: ${listed(sizes)}` : `${of}_cpu ${listed(FARGATE_SIZES.map((size) => size.cpu))}`,
      ...(of === 'manager' && { cure: 'take an allowed pair of manager_cpu and manager_memory' }),
    },
  ];
}

/** `1024, 2048 ... 8192` instead of a long list. */
function listed(sizes: readonly number[]): string {
  if (sizes.length <= 8) return sizes.join(', ');
  const [first = 0, second = 0] = sizes;
  return `${first} to ${sizes.at(-1)} in steps of ${second - first}`;
}
