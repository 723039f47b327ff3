import { decodeRunnerToken, encodeRunnerToken, type RunnerToken, type VersionedToken, type WriteTokenOutcome } from '../runner-token.ts';
import { fileNameOf } from '../file-name.ts';
import type { VersionedFiles } from './versioned-files.ts';

/** The runners' tokens of a store, one versioned file (0600) a runner. */
export class RunnerTokenFiles {
  readonly #files: VersionedFiles;

  constructor(files: VersionedFiles) {
    this.#files = files;
  }

  async read(runner: string): Promise<VersionedToken | undefined> {
    const entry = await this.#files.read(fileNameOf(runner));
    return entry && { token: decodeRunnerToken(entry.text), version: String(entry.version) };
  }

  async write(token: RunnerToken, version: string | undefined): Promise<WriteTokenOutcome> {
    const name = fileNameOf(token.runner);
    const text = encodeRunnerToken(token);
    const after = Number(version ?? 0);
    const current = await this.#files.read(name);
    const isWritten =
      current?.version === after + 1
        ? current.text === text
        : (current?.version ?? 0) === after && (await this.#files.add(name, after, text));
    return isWritten ? { kind: 'written', version: String(after + 1) } : { kind: 'conflict' };
  }

  async remove(runner: string): Promise<void> {
    await this.#files.remove(fileNameOf(runner));
  }
}
