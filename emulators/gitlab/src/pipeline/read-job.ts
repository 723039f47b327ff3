import type { Complaints } from './complaints.ts';
import { JOB_KEYWORDS, JOB_NOT_YET } from './keyword.ts';
import type { Located, LocatedEntry } from './located-yaml.ts';
import type { PipelineJob, PipelineVariable, When } from './pipeline.ts';
import { readScript } from './read-script.ts';
import { complainOfKeys, readSettings, type SharedSettings } from './read-settings.ts';
import { readVariables } from './read-variables.ts';

/** What the rest of the file means for every job. */
export interface JobContext {
  readonly stages: readonly string[];
  readonly defaults: SharedSettings;
  readonly variables: readonly PipelineVariable[];
  readonly complaints: Complaints;
}

type Entries = ReadonlyMap<string, LocatedEntry>;

const WHEN: readonly When[] = ['on_success', 'on_failure', 'always', 'manual'];

/** What this reader does not yet read. */
const NOTHING_MORE = {
  startInSeconds: undefined,
  allowedExitCodes: [],
  manualConfirmation: undefined,
  needs: undefined,
  dependencies: undefined,
  parallel: undefined,
  hooks: [],
  image: undefined,
  services: [],
  cache: [],
  artifacts: undefined,
  retry: { max: 0, when: ['always'], exitCodes: [] },
  interruptible: false,
  resourceGroup: undefined,
  environment: undefined,
  coverage: undefined,
  secrets: {},
  release: undefined,
  pages: undefined,
  inputs: [],
} as const;

/** Reads one visible job, with defaults applied. What is wrong is complained of; the job comes back all the same, to go on with. */
export function readJob(name: string, entry: LocatedEntry, context: JobContext): PipelineJob | undefined {
  const { complaints, defaults } = context;
  const place = `jobs:${name}`;
  if (entry.value.kind !== 'map') {
    complaints.invalid(entry.at, `${place} config should be a hash`);
    return undefined;
  }
  const { entries } = entry.value;
  complainOfKeys(entries, { name: place, read: JOB_KEYWORDS, notYet: JOB_NOT_YET }, complaints);
  const own = readSettings(entries, place, complaints);
  const script = readMainScript(entry, place, complaints);
  const variables = entries.get('variables');
  return {
    ...NOTHING_MORE,
    name,
    group: name,
    stage: readStage(name, entry, context),
    tags: own.tags ?? defaults.tags ?? [],
    when: readWhen(entries, place, complaints),
    allowFailure: readAllowFailure(entries, place, complaints),
    timeoutSeconds: own.timeoutSeconds ?? defaults.timeoutSeconds,
    script: [...(own.beforeScript ?? defaults.beforeScript ?? []), ...script],
    afterScript: own.afterScript ?? defaults.afterScript ?? [],
    variables: [...context.variables, ...(variables ? readVariables(variables.value, `${place}:variables`, complaints) : [])],
  };
}

function readMainScript(job: LocatedEntry, place: string, complaints: Complaints): readonly string[] {
  const entries: Entries = job.value.kind === 'map' ? job.value.entries : new Map();
  const script = entries.get('script');
  if (script) {
    const lines = readScript(script.value, `${place}:script`, complaints);
    if (script.value.kind === 'list' && script.value.items.length === 0) complaints.invalid(script.at, `${place} script can't be blank`);
    return lines;
  }
  const mayHaveOne = ['run', 'trigger', 'extends'].some((key) => entries.has(key));
  if (!mayHaveOne) complaints.invalid(job.at, `${place} config should implement the script:, run:, or trigger: keyword`);
  return [];
}

function readStage(name: string, job: LocatedEntry, { stages, complaints }: JobContext): string {
  const given = job.value.kind === 'map' ? job.value.entries.get('stage')?.value : undefined;
  const stage = given ? word(given) : 'test';
  if (stage === undefined) complaints.invalid(given?.at ?? job.at, `jobs:${name}:stage config should be a string`);
  else if (!stages.includes(stage)) {
    complaints.invalid(given?.at ?? job.at, `${name} job: chosen stage ${stage} does not exist; available stages are ${stages.join(', ')}`);
  }
  return stage ?? 'test';
}

function readWhen(entries: Entries, place: string, complaints: Complaints): When {
  const node = entries.get('when')?.value;
  if (!node) return 'on_success';
  const given = word(node);
  const when = WHEN.find((each) => each === given);
  if (given === 'delayed') complaints.notYet(node.at, `${place}: when: delayed`);
  else if (!when) complaints.invalid(node.at, `${place} when should be one of: on_success, on_failure, always, manual, delayed`);
  return when ?? 'on_success';
}

function readAllowFailure(entries: Entries, place: string, complaints: Complaints): boolean {
  const node = entries.get('allow_failure')?.value;
  if (!node) return isManual(entries);
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  if (node.kind === 'map' && node.entries.has('exit_codes')) complaints.notYet(node.at, `${place}:allow_failure:exit_codes`);
  else complaints.invalid(node.at, `${place}:allow_failure config should be a hash or a boolean value`);
  return false;
}

/** A manual job is optional unless it says otherwise. */
function isManual(entries: Entries): boolean {
  const node = entries.get('when')?.value;
  return node !== undefined && word(node) === 'manual';
}

function word(node: Located): string | undefined {
  return node.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}
