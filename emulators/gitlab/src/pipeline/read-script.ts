import type { Complaints } from './complaints.ts';
import type { Located } from './located-yaml.ts';

const MAX_DEPTH = 10;

/** Lines of a script: a string, or lists of strings in lists up to ten deep. `name` is how GitLab calls the place. */
export function readScript(node: Located, name: string, complaints: Complaints): readonly string[] {
  if (node.kind === 'tagged') {
    complaints.notYet(node.at, `${name}: ${node.tag}`);
    return [];
  }
  const wrong: Located[] = [];
  const lines = flatten(node, { depth: 0, wrong, name, complaints });
  for (const each of wrong)
    complaints.invalid(each.at, `${name} config should be a string or a nested array of strings up to 10 levels deep`);
  return lines;
}

interface Flattening {
  readonly depth: number;
  readonly wrong: Located[];
  readonly name: string;
  readonly complaints: Complaints;
}

function flatten(node: Located, state: Flattening): readonly string[] {
  if (node.kind === 'scalar' && typeof node.value === 'string') return [node.value];
  if (node.kind === 'list' && state.depth < MAX_DEPTH)
    return node.items.flatMap((item) => flatten(item, { ...state, depth: state.depth + 1 }));
  if (node.kind === 'tagged') state.complaints.notYet(node.at, `${state.name}: ${node.tag}`);
  else state.wrong.push(node);
  return [];
}
