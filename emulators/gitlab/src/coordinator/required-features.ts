import type { JsonValue } from '../wire/json-text.ts';
import { isObject } from '../wire/shape.ts';

/** Keys of `info.features` that a payload needs to be true: without them GitLab fails the job at assignment. */
export function requiredFeatures(payload: Readonly<Record<string, JsonValue>>): readonly string[] {
  const artifacts = items(payload.artifacts);
  const needs = {
    fallback_cache_keys: items(payload.cache).some((cache) => hasEntries(cache.fallback_keys)),
    upload_multiple_artifacts: artifacts.some((entry) => (entry.artifact_type ?? 'archive') !== 'archive'),
    artifacts_exclude: artifacts.some((entry) => hasEntries(entry.exclude)),
    multi_build_steps: items(payload.steps).some((step) => step.name === 'release'),
    vault_secrets: isObject(payload.secrets) && Object.keys(payload.secrets).length > 0,
  };
  return Object.entries(needs).flatMap(([key, isNeeded]) => (isNeeded ? [key] : []));
}

function items(value: unknown): readonly Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function hasEntries(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
