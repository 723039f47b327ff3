import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHash } from 'node:crypto';

/** What local mode keeps beside the pipeline file. */
const RUN_FOLDER = '.fargate-gitlab-runner';

/**
 * The folder in which the last run can be looked at: `jobs/<job>/log.txt` for each job, without colours and timestamps, and
 * `log.2.txt` and so on for further tries; beside it `artifacts` and `reports` (`artifacts.2` ...) with what the job left. It ignores itself by a `.gitignore` of its own, so that neither git nor the next run takes it
 * for content. Whatever an earlier run left is removed, but for the caches of its jobs in `cache`.
 */
export class RunFolder {
  readonly path: string;
  readonly #made = new Set<string>();
  readonly #kept = new Set<string>();

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes it in `directory`. Throws what the file system says where that can't be. */
  static make(directory: string): RunFolder {
    const path = join(directory, RUN_FOLDER);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, '.gitignore'), '*\n');
    rmSync(join(path, 'jobs'), { recursive: true, force: true });
    return new RunFolder(path);
  }

  /** Where the caches of jobs are from one run to the next. */
  get cache(): string {
    return join(this.path, 'cache');
  }

  /** Where the log of a job's try is, seen from `directory`. */
  logOf(job: { readonly name: string; readonly attempt: number }): string {
    const file = job.attempt === 1 ? 'log.txt' : `log.${job.attempt}.txt`;
    return join('jobs', folderNameOf(job.name), file);
  }

  /** Folders that something was kept in, in order. */
  get kept(): readonly string[] {
    return [...this.#kept].toSorted();
  }

  /** Where what a job's try left is kept; made when it is asked for. */
  placeFor(job: { readonly name: string; readonly attempt: number }, what: 'artifacts' | 'reports'): string {
    const folder = join(this.path, 'jobs', folderNameOf(job.name), job.attempt === 1 ? what : `${what}.${job.attempt}`);
    mkdirSync(folder, { recursive: true });
    this.#kept.add(folder);
    return folder;
  }

  /** Adds lines, plain text already, to the log of a job's try. */
  append(job: { readonly name: string; readonly attempt: number }, lines: readonly string[]): void {
    const file = join(this.path, this.logOf(job));
    if (!this.#made.has(file)) mkdirSync(join(file, '..'), { recursive: true });
    this.#made.add(file);
    appendFileSync(file, lines.map((line) => `${line}\n`).join(''));
  }
}

/** Most file systems end at 255 bytes; a job's name may have 255 characters. */
const LONGEST = 200;

/** A job's name as a folder's: what a folder's name can't have is percent-encoded, and too long a name ends in a hash of the whole. */
function folderNameOf(job: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what a file name should not have
  const name = job.replaceAll(/[/%\u0000-\u001f\u007f]|^\./g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  const bytes = Buffer.from(name);
  if (bytes.length <= LONGEST) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${bytes
    .subarray(0, LONGEST)
    .toString('utf8')
    .replace(/\ufffd$/, '')}-${hash}`;
}
