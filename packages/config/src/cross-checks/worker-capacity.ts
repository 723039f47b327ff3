import type { Finding } from '../finding.ts';
import type { CrossCheck } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** A choice of capacity that RunTask takes. Source: ECS API, CapacityProviderStrategyItem. */
export const checkWorkerCapacity: CrossCheck = ({ runners }) => runners.flatMap((runner) => KEYS.flatMap((key) => capacityOf(runner, key)));

const KEYS = ['worker_capacity', 'worker_capacity_fallback'] as const;

function capacityOf(runner: DraftRunner, key: (typeof KEYS)[number]): Finding[] {
  const items = runner.values[key] ?? [];
  const providers = items.map((item) => item.provider);
  const faults = [
    new Set(providers).size < providers.length && 'a capacity provider is named twice',
    items.length > 0 && items.every((item) => item.weight === 0) && 'all weights are 0',
    items.filter((item) => (item.base ?? 0) > 0).length > 1 && 'more than one capacity provider has a base',
  ];
  return faults
    .filter((fault) => fault !== false)
    .map((what) => ({ code: 'FR_CONFIG_CAPACITY', path: [...runner.path, key], what, given: false }));
}
