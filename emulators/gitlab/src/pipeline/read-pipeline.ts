import type { Problem } from '@fargate-gitlab-runner/kernel';
import { checkJobs } from './check-jobs.ts';
import { Complaints } from './complaints.ts';
import { ConfigHash, stringList } from './config-hash.ts';
import { expandText } from './expand-variables.ts';
import { resolveExtends } from './extends.ts';
import { IncludeReader } from './includes.ts';
import { ROOT_KEYWORDS } from './keyword.ts';
import type { Located, LocatedEntries, Place } from './located-yaml.ts';
import type { Pipeline, PipelineVariable } from './pipeline.ts';
import { checkDefaults, inheritance, readDefaults } from './read-defaults.ts';
import { type JobDraft, readJob } from './read-job.ts';
import { readGlobalVariables } from './read-variables.ts';
import { readWorkflow, type Workflow } from './read-workflow.ts';
import type { ReadingContext } from './reading-context.ts';
import { resolveReferences } from './references.ts';
import { ruleFacts, selectJobs } from './select-jobs.ts';
import { selectRule } from './select-rule.ts';

/** What reading a `.gitlab-ci.yml` comes to. Notes name what is accepted but worth a word; problems are all that were found. */
export type PipelineReading =
  | { readonly kind: 'valid'; readonly pipeline: Pipeline; readonly notes: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

const DEFAULT_STAGES = ['build', 'test', 'deploy'];

/**
 * Reads a `.gitlab-ci.yml` as GitLab does when it makes a pipeline: what it includes, extends and refers to is put in, rules are decided by
 * the context, and the jobs are those that the pipeline has. What GitLab would refuse is a problem with its file, line and column in
 * GitLab's words (`FR_PIPELINE_INVALID`), and so are broken YAML (`FR_PIPELINE_YAML`), keywords that only a real GitLab can serve
 * (`FR_PIPELINE_NOT_HERE`) or that this reader does not know (`FR_PIPELINE_NOT_YET`), and a pipeline without jobs (`FR_PIPELINE_EMPTY`).
 * Never throws, whatever the text.
 */
export function readPipeline(text: string, context: ReadingContext): PipelineReading {
  const complaints = new Complaints();
  const root = expandedRoot(text, context, complaints);
  const pipeline = root && readRoot(root, context, complaints);
  if (!pipeline || complaints.hasProblems) return { kind: 'invalid', problems: complaints.problems };
  return { kind: 'valid', pipeline, notes: complaints.notes };
}

/** The whole content, with includes, `extends` and `!reference` put in. Undefined when there is none to speak of. */
export function expandedRoot(text: string, context: ReadingContext, complaints: Complaints): LocatedEntries | undefined {
  const given = { at: startOf(context.file), values: context.inputs ?? {} };
  const reader = new IncludeReader(context, complaints, ruleFacts(context, []));
  const root = reader.read(text, { file: context.file, given, chain: [context.file] });
  return root && resolveReferences(resolveExtends(root, complaints), complaints);
}

function readRoot(root: LocatedEntries, context: ReadingContext, complaints: Complaints): Pipeline | undefined {
  const start = startOf(context.file);
  const stages = readStages(root.get('stages')?.value, complaints);
  const globals = root.get('variables');
  const variables = globals ? readGlobalVariables(globals.value, complaints) : [];
  const workflow = readWorkflow(root.get('workflow')?.value, complaints);
  const drafts = readDrafts(root, complaints);
  if (![...root.keys()].some(isJob)) complaints.invalid(start, 'jobs config should contain at least one visible job');
  checkJobs(drafts, stages, complaints);
  checkGiven(variables, context, { at: globals?.at ?? start, complaints });
  if (complaints.hasProblems) return undefined;
  return decide({ stages, variables, workflow, drafts }, context, complaints);
}

interface Content {
  readonly stages: readonly string[];
  readonly variables: readonly PipelineVariable[];
  readonly workflow: Workflow;
  readonly drafts: readonly JobDraft[];
}

/** Asks the rules: first those of the workflow, then those of each job. */
function decide({ stages, variables, workflow, drafts }: Content, context: ReadingContext, complaints: Complaints): Pipeline | undefined {
  const start = startOf(context.file);
  const rule = workflow.rules && selectRule(workflow.rules, ruleFacts(context, variables), complaints);
  if (workflow.rules && (!rule || rule.when === 'never')) {
    complaints.empty(start, 'Pipeline filtered out by workflow rules.');
    return undefined;
  }
  const all = [...variables, ...(rule?.variables ?? [])];
  const jobs = selectJobs(drafts, { context, variables: all, hasWorkflowRules: workflow.rules !== undefined, complaints });
  if (jobs.length === 0 && !complaints.hasProblems) {
    const why = 'Review the rules configuration for the relevant jobs.';
    complaints.empty(start, `The resulting pipeline would have been empty. ${why}`);
  }
  const choice = { ...rule?.autoCancel };
  return {
    stages,
    jobs,
    variables: all,
    name: workflow.name === undefined ? undefined : expandText(workflow.name, ruleFacts(context, all).lookup),
    autoCancel: {
      onNewCommit: choice.onNewCommit ?? workflow.autoCancel.onNewCommit ?? 'conservative',
      onJobFailure: choice.onJobFailure ?? workflow.autoCancel.onJobFailure ?? 'none',
    },
  };
}

function readStages(node: Located | undefined, complaints: Complaints): readonly string[] {
  const given = node && stringList(node);
  if (node && !given) complaints.invalid(node.at, 'stages config should be an array of strings');
  const between = (given ?? DEFAULT_STAGES).filter((stage) => stage !== '.pre' && stage !== '.post');
  return ['.pre', ...new Set(between), '.post'];
}

function readDrafts(root: LocatedEntries, complaints: Complaints): readonly JobDraft[] {
  const defaults = readDefaults(root, complaints);
  checkDefaults(defaults, complaints);
  return [...root].flatMap(([name, { at, value }]) => {
    if (!isJob(name)) return [];
    const job = ConfigHash.of({ ...value, at }, `jobs:${name}`, complaints);
    if (!job) return [];
    const inherits = inheritance(job.entries, job.place, complaints);
    const taken = [...defaults].filter(([key]) => inherits.defaults(key));
    const entries = new Map([...taken, ...job.entries]);
    return [readJob(name, { at, entries, inheritsVariables: inherits.variables }, complaints)];
  });
}

function isJob(key: string): boolean {
  return !key.startsWith('.') && !ROOT_KEYWORDS.includes(key);
}

/** A variable with options takes no other value. */
function checkGiven(
  variables: readonly PipelineVariable[],
  { given = {} }: ReadingContext,
  { at, complaints }: { readonly at: Place; readonly complaints: Complaints },
): void {
  for (const { key, options } of variables) {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    if (options && value !== undefined && !options.includes(value)) {
      complaints.invalid(at, ` value ${value} is not one of its options: ${options.join(', ')}`, `variables:${key}`);
    }
  }
}

function startOf(file: string): Place {
  return { file, line: 1, column: 1 };
}
