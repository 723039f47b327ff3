import type { JobShape } from './job-shape.ts';
import type { KnownDifference } from './known-differences.ts';

/** A field in which two runners differ, and what each of them has; `why` when that is known. */
export interface Difference {
  readonly field: keyof JobShape;
  readonly official: string;
  readonly ours: string;
  readonly why: string | undefined;
}

const FIELDS = ['status', 'failureReason', 'exitCode', 'sections', 'artifacts', 'dotenv'] as const satisfies readonly (keyof JobShape)[];

/** The differences between the same job of the same case by GitLab's own runner and by ours. */
export function compareShapes(
  name: string,
  { official, ours }: { readonly official: JobShape; readonly ours: JobShape },
  known: readonly KnownDifference[],
): readonly Difference[] {
  return FIELDS.filter((field) => text(official[field]) !== text(ours[field])).map((field) => ({
    field,
    official: text(official[field]),
    ours: text(ours[field]),
    why: known.find((one) => one.field === field && (one.name === undefined || one.name === name))?.why,
  }));
}

function text(value: JobShape[keyof JobShape]): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}
