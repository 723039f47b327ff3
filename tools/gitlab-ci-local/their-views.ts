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

/** What gitlab-ci-local makes of pipelines, in the order of the questions. It gets copies. */
export async function theirViews(questions: readonly Question[]): Promise<readonly (PipelineView | Error)[]> {
  const home = await mkdtemp(join(tmpdir(), 'gitlab-ci-local-'));
  try {
    const asked = await Promise.all(questions.map((question, index) => prepare(question, join(home, `${index}`))));
    const files = [join(home, 'asked.json'), join(home, 'answers.json')] as const;
    await writeFile(files[0], JSON.stringify(asked.map((each, index) => ({ folder: `${index}`, ...each }))));
    await run(process.execPath, [PROGRAM, ...files], {
      cwd: home,
      env: { PATH: process.env.PATH, HOME: home, GIT_CEILING_DIRECTORIES: home },
    });
    const answers: readonly Answer[] = JSON.parse(await readFile(files[1], 'utf8'));
    return answers.map((answer) => ('error' in answer ? new Error(answer.error) : viewOf(answer)));
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

type Answer = { readonly error: string } | { readonly jobs: string; readonly preview: string };

/** A copy in a repository of its own; where changes are asked for, the remote's branch `main` lacks them. */
async function prepare({ folder, occasion: { changed, variables }, preview }: Question, to: string) {
  await cp(folder, to, { recursive: true });
  const git = (...words: readonly string[]) => run('git', [...WHO, ...words], { cwd: to });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  if (changed) {
    await git('commit', '--quiet', '--message=all');
    await git('update-ref', 'refs/remotes/origin/main', 'HEAD');
  }
  for (const path of changed ?? []) await writeFile(join(to, path), '// changed\n');
  const given = Object.entries({ ...PUSH, ...variables });
  return {
    preview,
    variables: Object.fromEntries(given.filter(([, value]) => value !== null)),
    unset: given.flatMap(([key, value]) => (value === null ? [key] : [])),
  };
}

const WHO = ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'core.hooksPath=/dev/null'];

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
