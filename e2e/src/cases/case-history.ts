import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const AUTHOR = ['-c', 'user.name=A Case', '-c', 'user.email=case@example.invalid', '-c', 'commit.gpgsign=false', '-c', 'tag.gpgsign=false'];

/** The repository of one project, while it is being made. */
export class CaseHistory {
  /** The work tree. */
  readonly folder: string;
  /** Address of GitLab, without a slash at its end. */
  readonly url: string;
  /** Path of the project. */
  readonly project: string;
  readonly #addProject: (path: string, folder: string) => Promise<void>;

  constructor(of: {
    readonly folder: string;
    readonly url: string;
    readonly project: string;
    readonly addProject: (path: string, folder: string) => Promise<void>;
  }) {
    this.folder = of.folder;
    this.url = of.url;
    this.project = of.project;
    this.#addProject = of.addProject;
  }

  /** Runs git in the work tree, and gives what it prints. */
  async git(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
    return (await execute('git', [...AUTHOR, '-c', 'protocol.file.allow=always', ...args], { cwd: this.folder, env })).stdout;
  }

  /** Writes files and commits them, on the branch that is checked out. */
  async commit(files: Readonly<Record<string, string>>, message = 'content'): Promise<void> {
    for (const [path, content] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), content);
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', message);
  }

  /** Begins another project beside this one, which jobs of this one may read. */
  async beside(name: string): Promise<CaseHistory> {
    const folder = `${this.folder}-${name}`;
    const project = `${dirname(this.project)}/${name}`;
    const other = new CaseHistory({ folder, url: this.url, project, addProject: this.#addProject });
    await mkdir(folder, { recursive: true });
    await other.git('init', '--quiet', '--initial-branch=main');
    await this.#addProject(project, folder);
    return other;
  }
}
