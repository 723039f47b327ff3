import type { Complaints } from './complaints.ts';
import type { Located } from './located-yaml.ts';

const MAX_DEPTH = 10;

/** Lines of a script: a string, or lists of strings in lists up to ten deep. `name` is how GitLab calls the place. */
export function readScript(node: Located, name: string, complaints: Complaints): readonly string[] {
  const wrong: Located[] = [];
  const lines = flatten(node, 0, wrong);
  for (const each of wrong)
    complaints.invalid(each.at, ' config should be a string or a nested array of strings up to 10 levels deep', name);
  return lines;
}

function flatten(node: Located, depth: number, wrong: Located[]): readonly string[] {
  if (node.kind === 'scalar' && typeof node.value === 'string') return [node.value];
  if (node.kind === 'list' && depth < MAX_DEPTH) return node.items.flatMap((item) => flatten(item, depth + 1, wrong));
  wrong.push(node);
  return [];
}
