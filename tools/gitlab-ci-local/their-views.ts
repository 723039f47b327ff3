import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { type Occasion, PUSH } from './compared-pipelines.ts';
import type { JobView, PipelineView } from './pipeline-view.ts';

const run = promisify(execFile);
const PROGRAM = fileURLToPath(new URL('./list-pipelines.mjs', import.meta.url));

/** A folder with a pipeline, and what it is looked at for. */
export interface Question {
  readonly folder: string;
  readonly occasion: Occasion;
  /** Whether the expanded file is wanted too. */
  readonly preview: boolean;
}

/** What gitlab-ci-local makes of pipelines, in the order of the questions. It gets copies, in one repository of their own. */
export async function theirViews(questions: readonly Question[]): Promise<readonly (PipelineView | Error)[]> {
  const home = await mkdtemp(join(tmpdir(), 'gitlab-ci-local-'));
  try {
    await Promise.all(questions.map(({ folder }, index) => cp(folder, join(home, `${index}`), { recursive: true })));
    await commitAll(home);
    const asked = await Promise.all(questions.map((question, index) => prepare(question, `${index}`, home)));
    const files = [join(home, 'asked.json'), join(home, 'answers.json')] as const;
    await writeFile(files[0], JSON.stringify(asked));
    await run(process.execPath, [PROGRAM, ...files], { cwd: home, env: { PATH: process.env.PATH, HOME: home } });
    const answers: readonly Answer[] = JSON.parse(await readFile(files[1], 'utf8'));
    return answers.map((answer) => ('error' in answer ? new Error(answer.error) : viewOf(answer)));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** All files are on the remote's `main`; differences from it are named from the folder that is asked about. */
async function commitAll(home: string): Promise<void> {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.hooksPath=/dev/null'];
  const git = (...words: readonly string[]) => run('git', [...who, ...words], { cwd: home });
  await git('init', '--quiet', '--initial-branch=main');
  await git('config', 'diff.relative', 'true');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=all');
  await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
}

async function prepare({ occasion: { changed, variables }, preview }: Question, folder: string, home: string) {
  for (const path of changed ?? []) await writeFile(join(home, folder, path), '// changed\n');
  const given = Object.entries({ ...PUSH, ...variables });
  return {
    folder,
    preview,
    variables: Object.fromEntries(given.filter(([, value]) => value !== null)),
    unset: given.flatMap(([key, value]) => (value === null ? [key] : [])),
  };
}

type Answer = { readonly error: string } | { readonly jobs: string; readonly preview: string };

interface ListedJob {
  readonly name: string;
  readonly stage: string;
  readonly when: string;
  readonly allow_failure: boolean | { readonly exit_codes: number | readonly number[] };
  readonly needs?: readonly { readonly job: string; readonly artifacts: boolean; readonly optional?: boolean }[];
}

function viewOf({ jobs, preview }: { readonly jobs: string; readonly preview: string }): PipelineView {
  const listed: readonly ListedJob[] = JSON.parse(jobs);
  const wanted = listed.filter(({ when }) => when !== 'never');
  const groups = [...new Set(wanted.map(groupOf))];
  const byGroup = groups.map(
    (group) => [group, wanted.filter((job) => groupOf(job) === group).map((job) => jobView(job, groups))] as const,
  );
  return { jobs: new Map(byGroup), yaml: parse(preview) };
}

/** The name in the file. */
function groupOf({ name }: ListedJob): string {
  return name.replace(/: \[[^\]]*\]$/, '');
}

function jobView({ name, stage, when, allow_failure: allow, needs }: ListedJob, present: readonly string[]): JobView {
  const isThere = ({ job, optional }: { readonly job: string; readonly optional?: boolean }) => !optional || present.includes(job);
  return {
    name,
    stage,
    when,
    allowFailure: typeof allow === 'boolean' ? allow : [allow.exit_codes].flat(),
    needs: needs?.filter(isThere).map(({ job, artifacts }) => ({ job, artifacts })),
  };
}
