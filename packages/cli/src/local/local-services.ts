import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@fargate-gitlab-runner/config';
import type { GitLabControl } from '@fargate-gitlab-runner/emulator-gitlab';
import type { Clock, Scope } from '@fargate-gitlab-runner/kernel';
import type { LocalSurroundings } from './local-input.ts';
import { CACHE_BUCKET, clustersOf, LOCAL_REGION, localDocument, taskDefinitionsOf } from './local-runners.ts';
import type { ReadRequest } from './read-request.ts';
import { ManagerProcess, startAws, startGitLab } from './services.ts';

/** What local mode started, ready for a pipeline. */
export interface LocalServices {
  readonly control: GitLabControl;
  readonly manager: ManagerProcess;
}

/** Starts the two emulators and a manager between them, with the folder as a project. All of it ends with the scope. */
export async function startLocal(
  of: LocalSurroundings & { readonly scope: Scope; readonly scratch: string; readonly config: Config; readonly read: ReadRequest },
  how: {
    readonly worker: 'ssh2' | 'sshd';
    readonly concurrency: number | undefined;
    /** Folder for the caches of jobs; left out, they go with the run. */
    readonly cache: string | undefined;
  },
): Promise<LocalServices> {
  const { scope, scratch, config, read } = of;
  const [gitlab, aws] = await Promise.all([
    startGitLab(scope),
    startAws(scope, {
      scratch,
      region: LOCAL_REGION,
      cacheFolders: { [CACHE_BUCKET]: how.cache ?? join(scratch, 'cache') },
      worker: how.worker,
      clusters: clustersOf(config),
      taskDefinitions: taskDefinitionsOf(config),
    }),
  ]);
  const tokens: Record<string, string> = {};
  for (const runner of config.runners) {
    const made = await gitlab.control.createRunner({ description: runner.name, tags: [...runner.tags], runUntagged: runner.runUntagged });
    tokens[runner.name] = made.token;
  }
  const { snapshot } = read;
  await gitlab.control.createProject({
    path: snapshot.projectPath,
    repository: snapshot.repository,
    defaultBranch: snapshot.defaultBranch,
  });
  const addresses = { gitlabUrl: gitlab.url, awsUrl: aws.url, storePath: join(scratch, 'store'), tokens, concurrency: how.concurrency };
  const manager = await startManager(of, localDocument(config, addresses));
  await inTouch({ control: gitlab.control, manager, clock: of.clock, signal: of.interruption.killed });
  return { control: gitlab.control, manager };
}

const LOOK_MS = 50;

/**
 * Waits until every runner has been in touch with GitLab, or the manager has ended: how long a manager takes to start is no reason to call
 * a job stuck.
 */
async function inTouch(of: {
  readonly control: GitLabControl;
  readonly manager: ManagerProcess;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<void> {
  const ended = new AbortController();
  void of.manager.failed().then(() => ended.abort());
  while (!ended.signal.aborted && !of.signal.aborted) {
    const runners = await of.control.runners();
    if (runners.every(({ managers }) => managers.length > 0)) return;
    await of.clock.sleep(LOOK_MS, of.signal).catch(() => undefined);
  }
}

async function startManager(
  of: LocalSurroundings & { readonly scope: Scope; readonly scratch: string },
  document: object,
): Promise<ManagerProcess> {
  const config = join(of.scratch, 'manager.json');
  await writeFile(config, JSON.stringify(document), { mode: 0o600 });
  const manager = new ManagerProcess({ config, log: join(of.scratch, 'manager.log'), environment: of.environment, clock: of.clock });
  of.scope.defer('the manager', () => manager.finish(of.interruption.killed));
  return manager;
}
