import { hasAll } from './check-jobs.ts';
import type { Complaints } from './complaints.ts';
import { type Expandable, expandAll, expandText } from './expand-variables.ts';
import type { JobNeed, PipelineJob, PipelineVariable } from './pipeline.ts';
import type { JobDraft } from './read-job.ts';
import type { NeedReference } from './read-needs.ts';
import type { Sibling } from './read-parallel.ts';
import type { Rule } from './read-rules.ts';
import type { ReadingContext } from './reading-context.ts';
import { DEFAULT_ONLY, isExcepted, isWanted } from './ref-policy.ts';
import { type RuleFacts, selectRule } from './select-rule.ts';

/** What the pipeline is like that the jobs are for. */
export interface Occasion {
  readonly context: ReadingContext;
  /** Top-level variables, with those of the workflow rule that matched. */
  readonly variables: readonly PipelineVariable[];
  /** Whether `workflow` has rules: then jobs that say nothing run in every pipeline, those of merge requests included. */
  readonly hasWorkflowRules: boolean;
  readonly complaints: Complaints;
}

/** The jobs that the pipeline has, with their needs resolved; a need that it lacks is complained of. */
export function selectJobs(drafts: readonly JobDraft[], occasion: Occasion): readonly PipelineJob[] {
  const chosen = drafts.flatMap((draft) => draft.siblings.flatMap((sibling) => choose(draft, sibling, occasion) ?? []));
  const names = new Set(chosen.map(({ job }) => job.name));
  return chosen.map(({ job, draft, needs }) => ({
    ...job,
    needs: needs?.flatMap((need) => resolveNeed(need, { job, drafts, names, complaints: occasion.complaints })),
    dependencies: draft.dependencies?.flatMap((name) => namesOf(name, drafts)).filter((name) => names.has(name)),
  }));
}

/** What rules may ask in the name of one job, or of the whole pipeline. */
export function ruleFacts(context: ReadingContext, variables: readonly PipelineVariable[]): RuleFacts {
  const all: Expandable[] = [
    ...Object.entries(context.predefined ?? {}).map(([key, value]) => ({ key, value })),
    ...variables.map(({ key, value, isExpanded }) => ({ key, value, raw: !isExpanded })),
    ...Object.entries(context.given ?? {}).map(([key, value]) => ({ key, value })),
  ];
  const values = new Map(expandAll(all).map(({ key, value }) => [key, value]));
  return {
    lookup: (name) => values.get(name),
    changes: context.changes ?? (() => 'unknown'),
    paths: context.repository?.paths ?? [],
  };
}

interface Chosen {
  readonly job: PipelineJob;
  readonly draft: JobDraft;
  readonly needs: readonly NeedReference[] | undefined;
}

function choose(draft: JobDraft, sibling: Sibling, occasion: Occasion): Chosen | undefined {
  const name = `${draft.name}${sibling.suffix}`;
  const known = identity(name, draft.settled.stage);
  const variables = [...inherited(draft, occasion.variables), ...draft.variables, ...ofMatrix(sibling)];
  const rule = chosenRule(draft, ruleFacts(occasion.context, [...variables, ...known]), occasion);
  if (rule === 'left out') return undefined;
  const all = [...variables, ...(rule?.variables ?? [])];
  const { lookup } = ruleFacts(occasion.context, [...all, ...known]);
  const settled = ruled(draft.settled, rule);
  const job: PipelineJob = {
    ...settled,
    name,
    needs: undefined,
    dependencies: undefined,
    parallel: sibling.place,
    inputs: draft.inputs,
    variables: all,
    tags: settled.tags.map((tag) => expandText(tag, lookup)),
    resourceGroup: settled.resourceGroup === undefined ? undefined : expandText(settled.resourceGroup, lookup),
    environment: settled.environment && { ...settled.environment, name: expandText(settled.environment.name, lookup) },
  };
  return { job, draft, needs: rule?.needs ?? draft.needs };
}

/** What the rule says counts more than what the job says. */
function ruled(settled: JobDraft['settled'], rule: Rule | undefined): JobDraft['settled'] {
  if (!rule) return settled;
  return {
    ...settled,
    when: rule.when === undefined || rule.when === 'never' ? settled.when : rule.when,
    startInSeconds: rule.startInSeconds ?? settled.startInSeconds,
    allowFailure: rule.allowFailure ?? settled.allowFailure,
    allowedExitCodes: rule.allowFailure === undefined ? settled.allowedExitCodes : [],
    interruptible: rule.interruptible ?? settled.interruptible,
  };
}

/** The rule that lets the job in; undefined when it needs none. */
function chosenRule(draft: JobDraft, facts: RuleFacts, occasion: Occasion): Rule | undefined | 'left out' {
  if (draft.rules) {
    const rule = selectRule(draft.rules, facts, occasion.complaints);
    return !rule || rule.when === 'never' ? 'left out' : rule;
  }
  const only = draft.only ?? (occasion.hasWorkflowRules ? undefined : DEFAULT_ONLY);
  if (only && !isWanted(only, facts)) return 'left out';
  return draft.except && isExcepted(draft.except, facts) ? 'left out' : undefined;
}

function inherited({ inheritsVariables }: JobDraft, variables: readonly PipelineVariable[]): readonly PipelineVariable[] {
  if (typeof inheritsVariables === 'boolean') return inheritsVariables ? variables : [];
  return variables.filter(({ key }) => inheritsVariables.includes(key));
}

function ofMatrix({ place }: Sibling): readonly PipelineVariable[] {
  return Object.entries(place?.matrix ?? {}).map(([key, value]) => ({ key, value, isExpanded: true }));
}

function identity(name: string, stage: string): readonly PipelineVariable[] {
  return [
    { key: 'CI_JOB_NAME', value: name, isExpanded: false },
    { key: 'CI_JOB_STAGE', value: stage, isExpanded: false },
  ];
}

/** A name of the file stands for all the jobs that `parallel` makes of it. */
function namesOf(name: string, drafts: readonly JobDraft[], rows?: NeedReference['rows']): readonly string[] {
  const draft = drafts.find((each) => each.name === name);
  if (!draft) return [name];
  const siblings = draft.siblings.filter(({ place }) => !rows || rows.some((row) => hasAll(place?.matrix ?? {}, row)));
  return siblings.map(({ suffix }) => `${name}${suffix}`);
}

function resolveNeed(
  need: NeedReference,
  of: {
    readonly job: PipelineJob;
    readonly drafts: readonly JobDraft[];
    readonly names: ReadonlySet<string>;
    readonly complaints: Complaints;
  },
): readonly JobNeed[] {
  return namesOf(need.job, of.drafts, need.rows).flatMap((name) => {
    if (of.names.has(name)) return [{ job: name, artifacts: need.artifacts, optional: need.optional }];
    if (!need.optional) {
      const what = `'${of.job.name}' job needs '${name}' job, but '${name}' does not exist in the pipeline. `;
      const why =
        'This might be because of the only, except, or rules keywords. To need a job that sometimes does not exist in the pipeline, use needs:optional.';
      of.complaints.invalid(need.at, what + why);
    }
    return [];
  });
}
