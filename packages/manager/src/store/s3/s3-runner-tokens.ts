import { STORE_KEYS } from '@fargate-gitlab-runner/blueprint';
import { fileNameOf } from '../file-name.ts';
import { decodeRunnerToken, encodeRunnerToken, type RunnerToken, type VersionedToken, type WriteTokenOutcome } from '../runner-token.ts';
import { MarkedObjects } from './marked-objects.ts';
import type { S3Objects } from './s3-objects.ts';

/** The runners' tokens of a store in S3: `runner-tokens/<runner>`. */
export class S3RunnerTokens {
  readonly #objects: S3Objects;
  readonly #marked: MarkedObjects;

  constructor(objects: S3Objects) {
    this.#objects = objects;
    this.#marked = new MarkedObjects(objects);
  }

  async read(runner: string): Promise<VersionedToken | undefined> {
    const found = await this.#marked.get(keyOf(runner));
    return found && { token: decodeRunnerToken(found.text), version: found.etag };
  }

  async write(token: RunnerToken, version: string | undefined): Promise<WriteTokenOutcome> {
    const outcome = await this.#marked.swap({ key: keyOf(token.runner), text: encodeRunnerToken(token), replaces: version });
    return outcome.kind === 'written' ? { kind: 'written', version: outcome.etag } : { kind: 'conflict' };
  }

  async remove(runner: string): Promise<void> {
    await this.#objects.delete(keyOf(runner));
  }
}

function keyOf(runner: string): string {
  return STORE_KEYS.runnerTokens + fileNameOf(runner);
}
