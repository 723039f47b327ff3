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
  /** Those beside it, by the last part of their project's path. */
  readonly others: ReadonlyMap<string, CaseHistory>;
  readonly #others = new Map<string, CaseHistory>();

  constructor(folder: string) {
    this.folder = folder;
    this.others = this.#others;
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

  /** Begins another project beside this one, which jobs of this one may read; `../<name>.git` is its address from here. */
  async beside(name: string): Promise<CaseHistory> {
    const other = new CaseHistory(`${this.folder}-${name}`);
    await mkdir(other.folder, { recursive: true });
    await other.git('init', '--quiet', '--initial-branch=main');
    this.#others.set(name, other);
    return other;
  }
}
