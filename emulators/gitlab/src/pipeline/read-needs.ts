import type { Complaints } from './complaints.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import type { Located, Place } from './located-yaml.ts';
import { type MatrixRow, readMatrix } from './read-parallel.ts';

/** A need as it is written: its name may stand for all the jobs that `parallel` makes. */
export interface NeedReference {
  readonly at: Place;
  readonly job: string;
  readonly artifacts: boolean;
  readonly optional: boolean;
  /** Only those jobs of a matrix that have one of these sets of variables. */
  readonly rows: readonly MatrixRow[] | undefined;
}

/** `needs` of a job or a rule. */
export function readNeeds(node: Located, place: string, complaints: Complaints): readonly NeedReference[] {
  if (node.kind !== 'list') {
    complaints.invalid(node.at, ' config can only be a hash or an array', place);
    return [];
  }
  const items = node.items.flatMap((item) => (item.kind === 'list' ? item.items : [item]));
  const needs = items.flatMap((item) => readNeed(item, place, complaints));
  const names = needs.filter(({ rows }) => !rows).map(({ job }) => job);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0)
    complaints.invalid(node.at, ` has the following needs duplicated: ${repeated.join(', ')}.`, place.split(':')[1] ?? place);
  return needs;
}

function readNeed(node: Located, place: string, complaints: Complaints): readonly NeedReference[] {
  const name = textOf(node);
  if (name !== undefined) return [{ at: node.at, job: name, artifacts: true, optional: false, rows: undefined }];
  if (node.kind !== 'map') {
    complaints.invalid(node.at, ' config can only have the following types: job, cross_dependency', place);
    return [];
  }
  const hash = new ConfigHash({ ...node, place: `${place}:need`, complaints });
  for (const key of ['pipeline', 'project']) {
    const entry = hash.entry(key);
    if (entry) {
      complaints.notHere(entry.at, `${place}:${key}`, 'the stand-in has no other pipelines or projects');
      return [];
    }
  }
  hash.allow(['job', 'artifacts', 'optional', 'parallel']);
  hash.require(['job']);
  const job = hash.text('job');
  if (job === undefined) return [];
  return [
    {
      at: node.at,
      job,
      artifacts: hash.flag('artifacts') ?? true,
      optional: hash.flag('optional') ?? false,
      rows: readRows(hash),
    },
  ];
}

function readRows(hash: ConfigHash): readonly MatrixRow[] | undefined {
  const parallel = hash.hash('parallel');
  if (!parallel) return undefined;
  parallel.allow(['matrix']);
  parallel.require(['matrix']);
  return readMatrix(parallel);
}
