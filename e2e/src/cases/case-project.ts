import { existsSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitLabControl } from '@fargate-gitlab-runner/emulator-gitlab';
import { CaseHistory } from './case-history.ts';
import { type Cell, cellName } from './cell.ts';
import type { LoadedCase } from './load-cases.ts';

/** Where projects are made. */
export interface ProjectPlace {
  readonly control: GitLabControl;
  /** Address of GitLab. */
  readonly url: string;
  /** A folder for repositories. */
  readonly folder: string;
}

/** The path of a case's project for one kind of worker. */
export function projectPath({ name, expected }: LoadedCase, cell: Cell): string {
  return `${cellName(cell)}/${expected.project ?? name}`;
}

/** Makes the project of a case for one kind of worker: its files as one commit, and what its history adds. */
export async function makeProject(loaded: LoadedCase, cell: Cell, { control, url, folder: root }: ProjectPlace): Promise<void> {
  const path = projectPath(loaded, cell);
  const folder = join(root, cellName(cell), loaded.name);
  await mkdir(folder, { recursive: true });
  await cp(join(loaded.folder, '.gitlab-ci.yml'), join(folder, '.gitlab-ci.yml'));
  const files = join(loaded.folder, 'repository');
  if (existsSync(files)) await cp(files, folder, { recursive: true });
  const addProject = (other: string, otherFolder: string) =>
    control.createProject({ path: other, repository: join(otherFolder, '.git'), readers: [path] });
  const history = new CaseHistory({ folder, url, project: path, addProject });
  await history.git('init', '--quiet', '--initial-branch=main');
  await history.commit({});
  await loaded.expected.history?.(history);
  const protectedRefs = loaded.expected.protectedRefs ?? [];
  await control.createProject({ path, repository: join(folder, '.git'), protectedRefs });
}
