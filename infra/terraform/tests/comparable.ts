/** CloudFormation's words as ECS's API has them; words in quotes, such as options of a log driver, begin with a small letter already. */
export function uncapitalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(uncapitalised);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [`${key.charAt(0).toLowerCase()}${key.slice(1)}`, uncapitalised(item)]),
  );
}

/**
 * With the JSON of the runners read, and what means the same made the same: Terraform makes numbers of digits in quotes, CDK drops the slash
 * at the end of an address and attributes that are empty.
 */
export function comparable(of: unknown): unknown {
  const json = JSON.stringify(of, (_key, value) => {
    const isRunners = typeof value === 'object' && value !== null && 'name' in value && value.name === 'MANAGERS_CONFIGS';
    return isRunners ? { ...value, value: JSON.parse(value.value) } : value;
  });
  const withNumbers = json.replaceAll(/"(limit|worker_cpu|worker_memory)":"(\d+)"/g, '"$1":$2');
  return JSON.parse(withNumbers.replaceAll(/(https:\/\/[^"/]+)\/"/g, '$1"').replaceAll(/,"worker_task_role_arn":""/g, ''));
}

/** Task definitions in the order of their families. */
export function byFamily(definitions: readonly unknown[]) {
  return sortedBy(definitions, 'family');
}

/** Objects in the order of what stands under a key. */
export function sortedBy(items: unknown, key: string): unknown[] {
  const list: Record<string, unknown>[] = JSON.parse(JSON.stringify(items));
  return list.toSorted((a, b) => String(a[key]).localeCompare(String(b[key])));
}
