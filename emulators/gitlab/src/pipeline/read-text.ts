import type { Complaints } from './complaints.ts';
import { interpolate } from './interpolate.ts';
import { type Located, type Place, placesIn, readYaml } from './located-yaml.ts';
import { type GivenInputs, inputValues } from './spec-inputs.ts';

/** A file of a pipeline, and what it is given. */
export interface PipelineText {
  readonly text: string;
  /** The name that places carry. */
  readonly file: string;
  readonly given: GivenInputs;
  /** For the function `expand_vars`. */
  readonly variables: (name: string) => string | undefined;
}

/** A text as content, with its inputs put in; undefined when it can't be read, and then that is complained of. */
export function readText({ text, file, given, variables }: PipelineText, complaints: Complaints): Located | undefined {
  const place = placesIn(text, file);
  const parts = splitHeader(text, place);
  if (!parts) {
    inputValues(undefined, given, complaints);
    return contentOf(text, place, complaints)?.root;
  }
  const inputs = inputValues(parts.header, given, complaints);
  const placeInBody = (offset: number) => place(parts.bodyAt + offset);
  const using = { inputs, variables, place: placeInBody, complaints };
  const body = interpolate(text.slice(parts.bodyAt), using);
  return contentOf(body.text, (offset) => placeInBody(body.origin(offset)), complaints)?.root;
}

/** Documents begin behind such a line, as GitLab has it. */
const DIVIDER = /^---(?:[^\S\n]*\n|\s+)/gm;

/** The first of two documents, if it has `spec`, and where the second one begins. Only the header has to be YAML before inputs are in. */
function splitHeader(text: string, place: (offset: number) => Place): { readonly header: Located; readonly bodyAt: number } | undefined {
  const starts = [...text.matchAll(DIVIDER)].map((match) => ({ at: match.index, after: match.index + match[0].length }));
  const [start, ...more] = starts.filter(({ at }) => text.slice(0, at).trim() !== '');
  if (!start || more.length > 0) return undefined;
  const header = readYaml(text.slice(0, start.at), place);
  if (header.kind === 'errors' || header.root.kind !== 'map' || !header.root.entries.has('spec')) return undefined;
  return { header: header.root, bodyAt: start.after };
}

function contentOf(text: string, place: (offset: number) => Place, complaints: Complaints): { readonly root: Located } | undefined {
  const yaml = readYaml(text, place);
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
