import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GitLabControl } from '@fargate-gitlab-runner/emulator-gitlab';
import { CaseHistory } from './case-history.ts';
import { type Cell, cellName } from './cell.ts';
import type { LoadedCase } from './load-cases.ts';

/** Where projects are made. */
export interface ProjectPlace {
  readonly control: GitLabControl;
  /** A folder for repositories. */
  readonly folder: string;
}

/** The path of a case's project for one kind of worker. */
export function projectPath({ name, expected }: LoadedCase, cell: Cell): string {
  return `${cellName(cell)}/${expected.project ?? name}`;
}

/**
 * Makes the projects of a case, one for each kind of worker, over one repository: the files of the case as one commit, and what its
 * history adds.
 */
export async function makeProjects(loaded: LoadedCase, cells: readonly Cell[], { control, folder: root }: ProjectPlace): Promise<void> {
  const history = new CaseHistory(join(root, loaded.name));
  await copyFiles(loaded, history.folder);
  await history.git('init', '--quiet', '--initial-branch=main');
  await history.commit({});
  await loaded.expected.history?.(history);
  for (const path of cells.map((cell) => projectPath(loaded, cell))) {
    const repositoryOf = ({ folder }: CaseHistory) => join(folder, '.git');
    await control.createProject({ path, repository: repositoryOf(history), protectedRefs: loaded.expected.protectedRefs ?? [] });
    for (const [name, other] of history.others)
      await control.createProject({ path: `${dirname(path)}/${name}`, repository: repositoryOf(other), readers: [path] });
  }
}

async function copyFiles(loaded: LoadedCase, folder: string): Promise<void> {
  const files = join(loaded.folder, 'repository');
  await mkdir(folder, { recursive: true });
  await cp(join(loaded.folder, '.gitlab-ci.yml'), join(folder, '.gitlab-ci.yml'));
  if (existsSync(files)) await cp(files, folder, { recursive: true });
}
