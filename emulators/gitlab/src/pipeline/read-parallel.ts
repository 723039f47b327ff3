import { ConfigHash } from './config-hash.ts';
import type { Located } from './located-yaml.ts';
import type { ParallelPlace } from './pipeline.ts';
import { variableText } from './read-variables.ts';

/** One set of variables of a matrix. */
export type MatrixRow = Readonly<Record<string, string>>;

/** A job among those that `parallel` makes; `suffix` goes behind its name. */
export interface Sibling {
  readonly suffix: string;
  readonly place: ParallelPlace | undefined;
}

const MAX_JOBS = 200;

/** The jobs that one entry of the file stands for: itself, `name 1/3` …, or `name: [a, b]` …. */
export function readParallel(job: ConfigHash): readonly Sibling[] {
  const node = job.node('parallel');
  if (!node) return [{ suffix: '', place: undefined }];
  if (node.kind === 'map') {
    const hash = new ConfigHash({ ...node, place: `${job.place}:parallel`, complaints: job.complaints });
    hash.allow(['matrix']);
    hash.require(['matrix']);
    return readMatrix(hash).map((matrix, index, rows) => ({
      suffix: `: [${Object.values(matrix).join(', ')}]`,
      place: { index: index + 1, total: rows.length, matrix },
    }));
  }
  if (node.kind !== 'scalar' || typeof node.value !== 'bigint') {
    job.complaints.invalid(node.at, ' should be an integer or a hash', `${job.place}:parallel`);
    return [{ suffix: '', place: undefined }];
  }
  const total = job.count('parallel', { min: 1, max: MAX_JOBS }) ?? 1;
  return Array.from({ length: total }, (_, index) => ({
    suffix: ` ${index + 1}/${total}`,
    place: { index: index + 1, total, matrix: undefined },
  }));
}

/** Every set of variables of a `matrix`: the product of the lists in each of its maps, in order. */
export function readMatrix(parallel: ConfigHash): readonly MatrixRow[] {
  const node = parallel.node('matrix');
  const place = `${parallel.place}:matrix`;
  if (node?.kind !== 'list') {
    if (node) parallel.complaints.invalid(node.at, ' config should be an array of hashes', place);
    return [];
  }
  const maps = node.items.map((item) => ConfigHash.of(item, place, parallel.complaints)).filter((map) => map !== undefined);
  const axes = maps.map((map) => [...map.entries].map(([name, { value }]) => [name, valuesOf(value, map, name)] as const));
  const count = axes.reduce((sum, map) => sum + map.reduce((product, [, values]) => product * values.length, 1), 0);
  if (count > MAX_JOBS) {
    parallel.complaints.invalid(node.at, ` config generates too many jobs (maximum is ${MAX_JOBS})`, place);
    return [];
  }
  return axes.flatMap((map) =>
    map.reduce<readonly MatrixRow[]>(
      (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
      [{}],
    ),
  );
}

function valuesOf(node: Located, hash: ConfigHash, name: string): readonly string[] {
  const values = node.kind === 'list' ? node.items.map(variableText) : [variableText(node)];
  if (values.length > 0 && values.every((value) => value !== undefined)) return values;
  hash.complaints.invalid(node.at, ' config should be a hash of key value pairs, value can be an array', `${hash.place}:${name}`);
  return [];
}
