import type { JobView, NeedView, PipelineView } from './pipeline-view.ts';

/** What differs between two views of the jobs of a pipeline: `<job> <what>: <ours> | <theirs>`. */
export function jobDifferences(ours: PipelineView, theirs: PipelineView): readonly string[] {
  const groups = new Set([...ours.jobs.keys(), ...theirs.jobs.keys()]);
  return [...groups].flatMap((group) => {
    const [mine, other] = [ours.jobs.get(group) ?? [], theirs.jobs.get(group) ?? []];
    if (mine.length !== other.length) return [`${group} jobs: ${mine.length} | ${other.length}`];
    const differences = mine.flatMap((job, index) => {
      const second = other[index];
      return second ? pairDifferences(job, second, { group, ours, theirs }) : [];
    });
    return [...new Set(differences)];
  });
}

function pairDifferences(
  mine: JobView,
  other: JobView,
  { group, ours, theirs }: { readonly group: string; readonly ours: PipelineView; readonly theirs: PipelineView },
): readonly string[] {
  const [needs, otherNeeds] = [needWords(mine.needs, ours), needWords(other.needs, theirs)];
  const fields: readonly (readonly [name: string, ours: unknown, theirs: unknown])[] = [
    ['name', mine.name, other.name],
    ['stage', mine.stage, other.stage],
    ['when', mine.when, other.when],
    ['allow_failure', mine.allowFailure, other.allowFailure],
    ['needs', needs, otherNeeds],
  ];
  return fields.flatMap(([name, one, two]) =>
    JSON.stringify(one) === JSON.stringify(two) ? [] : [`${group} ${name}: ${JSON.stringify(one)} | ${JSON.stringify(two)}`],
  );
}

/** Needs by the names in the file, with the number of the job where `parallel` made several. */
function needWords(needs: readonly NeedView[] | undefined, { jobs }: PipelineView): readonly string[] | undefined {
  return needs
    ?.flatMap(({ job, artifacts }) => {
      const without = artifacts ? '' : ' without artifacts';
      const whole = jobs.get(job);
      if (whole) return whole.map((_, index) => `${job} ${index + 1}${without}`);
      const [group, among] = [...jobs].find(([, each]) => each.some(({ name }) => name === job)) ?? [];
      return [`${group ?? job} ${(among?.findIndex(({ name }) => name === job) ?? -1) + 1}${without}`];
    })
    .toSorted();
}
