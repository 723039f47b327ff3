import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobVariable } from '@fargate-gitlab-runner/emulator-gitlab';
import { closeRig, Rig, type RigOptions, rigTaskDefinition } from '@fargate-gitlab-runner/testkit';
import type { SeenJob } from './seen-job.ts';
import { makeProjects, projectPath } from './case-project.ts';
import { ALL_CELLS, type Cell, cellName, STRICT_LOG_BYTES } from './cell.ts';
import type { LoadedCase } from './load-cases.ts';
import { PERMITTED_SECRETS, putSecrets } from './put-secrets.ts';
import { seePipeline } from './see-pipeline.ts';

/** One case on one kind of worker. */
export interface Step {
  readonly loaded: LoadedCase;
  readonly cell: Cell;
}

/** Jobs that run at a time: enough that two cores are never idle while jobs wait. */
/** What the GitLab of the cases takes as an archive. */
export const ARTIFACT_LIMIT_BYTES = 4_000_000;
const AT_A_TIME = 14;
const ARCHIVERS = ['zip', 'unzip', 'curl'];

/** What operators say of their runners. */
const ENTRIES: Readonly<Record<NonNullable<Cell['operator']>, object>> = {
  talkative: {
    environment: { OPERATOR: 'said', OVERRIDDEN: 'by the operator', OPERATOR_REFERENCE: '$CI_JOB_NAME' },
    pre_get_sources_script: 'echo "operator: before the sources"',
    post_get_sources_script: 'echo "operator: after the sources"',
    pre_build_script: 'FROM_OPERATOR=yes\necho "operator: before the script"',
    post_build_script: 'echo "operator: after the script"',
  },
  strict: { output_limit: STRICT_LOG_BYTES / 1024, debug_trace_disabled: true },
};

/**
 * Walks cases: one stand-in GitLab, one stand-in AWS and one manager with a runner for each kind of worker; every case has projects of its
 * own, which no other runner serves.
 *
 * Life: started with all steps, whose pipelines begin at once and are run many at a time -> each is asked for what became of it -> closed.
 */
export class Walk {
  readonly #rig: Rig;
  readonly #seen = new Map<Step, Promise<readonly SeenJob[]>>();

  private constructor(rig: Rig) {
    this.#rig = rig;
  }

  static async start(steps: readonly Step[]): Promise<Walk> {
    const rig = await Rig.start(rigOptions());
    const walk = new Walk(rig);
    await walk.#makeProjects(steps);
    const arns = await walk.#putSecrets(steps);
    for (const step of steps) walk.#begin(step, arns.get(step.loaded) ?? []);
    await rig.startManager();
    return walk;
  }

  /** The jobs of a step once all of them have ended. */
  async jobsOf(step: Step): Promise<readonly SeenJob[]> {
    const seen = this.#seen.get(step);
    if (!seen) throw new Error(`${step.loaded.name} was not walked`);
    return seen;
  }

  /** What GitLab found wrong with the manager's requests. */
  async findings(): Promise<readonly string[]> {
    return (await this.#rig.gitlab.control.findings()).map(({ rule, detail, request = '' }) => `${rule}: ${detail} ${request}`);
  }

  close(): Promise<void> {
    return closeRig(this.#rig);
  }

  async #makeProjects(steps: readonly Step[]): Promise<void> {
    const { control } = this.#rig.gitlab;
    const folder = join(this.#rig.folder, 'projects');
    await mkdir(folder, { recursive: true });
    for (const loaded of new Set(steps.map((step) => step.loaded))) {
      const cells = steps.filter((step) => step.loaded === loaded).map(({ cell }) => cell);
      await makeProjects(loaded, cells, { control, folder });
    }
    for (const { id, description } of this.#rig.runners) {
      const projects = steps.filter(({ cell }) => cellName(cell) === description).map(({ loaded, cell }) => projectPath(loaded, cell));
      await control.changeRunner(id, { projects: [...projects, 'nobody/nothing'] });
    }
  }

  async #putSecrets(steps: readonly Step[]): Promise<ReadonlyMap<LoadedCase, readonly JobVariable[]>> {
    const cases = [...new Set(steps.map(({ loaded }) => loaded))];
    return new Map(
      await Promise.all(cases.map(async (loaded) => [loaded, await putSecrets(this.#rig.aws.control, loaded.expected)] as const)),
    );
  }

  #begin(step: Step, more: readonly JobVariable[]): void {
    const seen = seePipeline(this.#rig.gitlab.control, { ...step, more });
    // Whoever asks for it hears of a failure; until then nobody does.
    seen.catch(() => undefined);
    this.#seen.set(step, seen);
  }
}

function rigOptions(): RigOptions {
  const families = ALL_CELLS.map((cell) => ({ cell, name: cellName(cell), image: `registry.example.com/${cellName(cell)}:1` }));
  return {
    gitlab: { artifactLimitBytes: ARTIFACT_LIMIT_BYTES },
    config: { gitlab_runner_concurrency: AT_A_TIME, job_secret_arns: PERMITTED_SECRETS, timing: { kill_grace_ms: 1000 } },
    runners: families.map(({ cell, name }) => ({
      name,
      tags: [name],
      entry: { worker_task_definition_arn: name, ...(cell.operator && ENTRIES[cell.operator]) },
    })),
    aws: {
      taskDefinitions: families.map(({ name, image }) => rigTaskDefinition(name, image)),
      worker: { images: families.map(({ cell, image }) => ({ image, ...programsOf(cell) })) },
    },
  };
}

/** A worker runs scripts with bash where it finds one. Busybox brings an unzip, which its shell always has. */
function programsOf({ shell, way }: Cell) {
  const without = way === 'bare' ? [...ARCHIVERS, 'busybox'] : [];
  return { shell, with: way === 'bare' ? [] : ['zip', 'curl'], without: shell === 'dash' ? [...without, 'bash'] : without };
}
