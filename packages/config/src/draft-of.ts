import { isAboutTheName } from './faults.ts';
import type { Finding, Path } from './finding.ts';
import { type Draft, draftSchema } from './schema/document-schema.ts';
import { isRecord } from './value-at.ts';

/**
 * What is left of a document when everything that the schema objects to is taken out, so that the cross-checks can judge the rest in
 * the same run; a runner with an impossible name is judged all the same. Nothing, if the document isn't even a map.
 */
export function draftOf(document: unknown, findings: readonly Finding[]): Draft {
  const cleaned = findings
    .filter((finding) => !isAboutTheName(finding))
    .map((finding) => finding.path.slice(0, depthOf(finding.path)))
    .reduce(without, document);
  return draftSchema.safeParse(cleaned).data ?? {};
}

/** Whole keys are taken out: of the document (a list with one bad member too), of a section, of a runner. */
function depthOf(path: Path): number {
  if (path[0] === 'managers_configs') return 3;
  return typeof path[1] === 'number' ? 1 : 2;
}

function without(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || !isRecord(value)) return value;
  if (Array.isArray(value)) return value.map((item, at) => (at === Number(step) ? (rest.length === 0 ? {} : without(item, rest)) : item));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      if (key !== String(step)) return [[key, member]];
      return rest.length === 0 ? [] : [[key, without(member, rest)]];
    }),
  );
}
