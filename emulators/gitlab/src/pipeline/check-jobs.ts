import type { Complaints } from './complaints.ts';
import type { JobDraft } from './read-job.ts';
import type { NeedReference } from './read-needs.ts';

const MAX_NEEDS = 50;

/** What can only be seen with all jobs in view: stages, needs, dependencies, jobs that stop environments, and circles. */
export function checkJobs(drafts: readonly JobDraft[], stages: readonly string[], complaints: Complaints): void {
  const house = new House(drafts, stages);
  for (const draft of drafts) {
    checkStage(draft, stages, complaints);
    checkNeeds(draft, house, complaints);
    checkDependencies(draft, house, complaints);
    checkOnStop(draft, house, complaints);
  }
  const circle = house.circle();
  if (circle) complaints.invalid(circle.at, `The pipeline has circular dependencies: ${circle.names.join(' needs ')}`);
}

/** Jobs by their names: that of the file, and those that `parallel` makes. */
class House {
  readonly #byName = new Map<string, JobDraft>();
  readonly #drafts: readonly JobDraft[];
  readonly #stages: readonly string[];

  constructor(drafts: readonly JobDraft[], stages: readonly string[]) {
    this.#drafts = drafts;
    this.#stages = stages;
    for (const draft of drafts) {
      for (const { suffix } of draft.siblings) this.#byName.set(`${draft.name}${suffix}`, draft);
      this.#byName.set(draft.name, draft);
    }
  }

  job(name: string): JobDraft | undefined {
    return this.#byName.get(name);
  }

  isLater(job: JobDraft, than: JobDraft): boolean {
    return this.#stages.indexOf(job.settled.stage) > this.#stages.indexOf(than.settled.stage);
  }

  /** Jobs that need each other, the first one again at the end. */
  circle(): { readonly at: JobDraft['at']; readonly names: readonly string[] } | undefined {
    const done = new Set<JobDraft>();
    const walk = (draft: JobDraft, open: readonly JobDraft[]): readonly JobDraft[] | undefined => {
      if (open.includes(draft)) return [...open.slice(open.indexOf(draft)), draft];
      if (done.has(draft)) return undefined;
      for (const need of needsOf(draft)) {
        const next = this.job(need);
        const found = next && walk(next, [...open, draft]);
        if (found) return found;
      }
      done.add(draft);
      return undefined;
    };
    for (const draft of this.#drafts) {
      const found = walk(draft, []);
      if (found) return { at: found[0]?.at ?? draft.at, names: found.map(({ name }) => name) };
    }
    return undefined;
  }
}

function needsOf({ needs, rules }: JobDraft): readonly string[] {
  return [...(needs ?? []), ...(rules ?? []).flatMap((rule) => rule.needs ?? [])].map(({ job }) => job);
}

function checkStage({ name, stageAt, settled }: JobDraft, stages: readonly string[], complaints: Complaints): void {
  if (stages.includes(settled.stage)) return;
  complaints.invalid(stageAt, `${name} job: chosen stage ${settled.stage} does not exist; available stages are ${stages.join(', ')}`);
}

function checkNeeds(draft: JobDraft, house: House, complaints: Complaints): void {
  const needs = [...(draft.needs ?? []), ...(draft.rules ?? []).flatMap((rule) => rule.needs ?? [])];
  if ((draft.needs?.length ?? 0) > MAX_NEEDS) {
    complaints.invalid(
      draft.at,
      `${draft.name} job: one job can only need ${MAX_NEEDS} others, but you have listed ${draft.needs?.length}`,
    );
  }
  for (const need of needs) {
    const problem = needProblem(need, draft, house);
    if (problem !== undefined) complaints.invalid(need.at, `${draft.name} job: ${problem}`);
  }
}

function needProblem({ job, optional, rows }: NeedReference, draft: JobDraft, house: House): string | undefined {
  const needed = house.job(job);
  if (!needed) return optional ? undefined : `undefined need: ${job}`;
  if (house.isLater(needed, draft)) return `need ${job} is not defined in current or prior stages`;
  const unknown = rows?.find((row) => !needed.siblings.some(({ place }) => hasAll(place?.matrix ?? {}, row)));
  return unknown && `undefined need: ${job}: [${Object.values(unknown).join(', ')}]`;
}

/** Whether a matrix job has all the variables that a need names. */
export function hasAll(matrix: Readonly<Record<string, string>>, row: Readonly<Record<string, string>>): boolean {
  return Object.entries(row).every(([name, value]) => Object.hasOwn(matrix, name) && matrix[name] === value);
}

function checkDependencies(draft: JobDraft, house: House, complaints: Complaints): void {
  for (const name of draft.dependencies ?? []) {
    const job = house.job(name);
    if (!job) complaints.invalid(draft.at, `${draft.name} job: undefined dependency: ${name}`);
    else if (house.isLater(job, draft)) {
      complaints.invalid(draft.at, `${draft.name} job: dependency ${name} is not defined in current or prior stages`);
    }
  }
}

function checkOnStop(draft: JobDraft, house: House, complaints: Complaints): void {
  const { environment } = draft.settled;
  if (environment?.onStop === undefined) return;
  const problem = onStopProblem(environment.name, house.job(environment.onStop));
  if (problem !== undefined) complaints.invalid(draft.at, `${draft.name} job: on_stop job ${environment.onStop} ${problem}`);
}

function onStopProblem(name: string, job: JobDraft | undefined): string | undefined {
  if (!job) return 'is not defined';
  const { environment } = job.settled;
  if (!environment) return 'does not have environment defined';
  if (environment.name !== name) return 'have different environment name';
  return environment.action === 'stop' ? undefined : 'needs to have action stop defined';
}
