/** The known key that a mistyped one was probably meant to be; undefined when none is near. */
export function nearestKey(given: string, known: readonly string[]): string | undefined {
  const target = plain(given);
  const ranked = known.map((key) => ({ key, distance: editDistance(target, plain(key)) })).toSorted((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= Math.max(1, Math.floor(target.length / 3)) ? best.key : undefined;
}

/** `workerCpu`, `worker-cpu` and `worker_cpu` are the same to whoever mixes them up. */
function plain(key: string): string {
  return key.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(at(row, j) + 1, at(next, j - 1) + 1, replaced));
    }
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
