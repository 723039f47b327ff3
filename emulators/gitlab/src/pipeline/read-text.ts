import type { Complaints } from './complaints.ts';
import { type Located, readYaml } from './located-yaml.ts';

/** A text as content with its header; undefined when it can't be read, and then that is complained of. */
export function readText(
  text: string,
  file: string,
  complaints: Complaints,
): { readonly root: Located; readonly header: Located | undefined } | undefined {
  const yaml = readYaml(text, file);
  if (yaml.kind === 'content') {
    for (const { at, what } of yaml.remarks) complaints.note(at, what);
    return yaml;
  }
  for (const { at, what } of yaml.errors) {
    if (yaml.isYaml) complaints.invalid(at, what);
    else complaints.yaml(at, what);
  }
  return undefined;
}
