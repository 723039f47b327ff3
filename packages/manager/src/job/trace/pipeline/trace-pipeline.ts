import type { Clock } from '@fargate-gitlab-runner/kernel';
import { phraseTableOf } from './phrase-masker.ts';
import type { PipelineState } from './pipeline-state.ts';
import { StreamChain } from './stream-chain.ts';
import { tokenPrefixes } from './token-prefixes.ts';

/** The end of a section's marker; the heading after it is an entry of its own. Source: GitLab runner, section markers. */
const MARKER_END = '\r\u001b[0K';

/** What a pipeline is made of. `masks`: phrases that must not be readable; `tokenPrefixes`: more of them than GitLab's own. */
export interface PipelineSettings {
  readonly masks: readonly string[];
  readonly tokenPrefixes: readonly string[];
  /** Whether all of GitLab's own prefixes count, not only that of personal access tokens; `true` when absent. */
  readonly masksDefaultTokens?: boolean;
  readonly hasTimestamps: boolean;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Turns the journal's bytes and the manager's own lines into what GitLab may see: masked, valid UTF-8, with timestamps. Each of the two
 * has a chain of its own, so nothing is matched across them.
 *
 * Gotcha: `state()` taken at any byte and given to a new pipeline goes on exactly there. It may hold the beginning of a secret.
 */
export class TracePipeline {
  readonly #manager: StreamChain;
  readonly #script: StreamChain;
  readonly #masks: Set<string>;

  constructor(settings: PipelineSettings, state?: PipelineState) {
    this.#masks = new Set(settings.masks);
    const shared = {
      phrases: phraseTableOf(settings.masks),
      tokens: tokenPrefixes(settings.tokenPrefixes, { hasDefaults: settings.masksDefaultTokens ?? true }),
      clock: settings.hasTimestamps ? settings.clock : undefined,
    };
    this.#manager = new StreamChain({ ...shared, stream: '00' }, state?.manager);
    this.#script = new StreamChain({ ...shared, stream: '01' }, state?.script);
  }

  /** Masks these phrases too, from here on. What was masked once stays masked. */
  addMasks(masks: readonly string[]): void {
    for (const mask of masks) this.#masks.add(mask);
    const table = phraseTableOf([...this.#masks]);
    this.#manager.usePhrases(table);
    this.#script.usePhrases(table);
  }

  /** Text of the manager, complete in itself: it ends with a line end, or gets one. */
  say(text: string): Uint8Array {
    const parts = text.split(MARKER_END).map((part, at, all) => (at < all.length - 1 ? part + MARKER_END : part));
    return Buffer.concat([...parts.map((part) => this.#manager.writeWhole(Buffer.from(part))), this.#manager.endLine()]);
  }

  /** Bytes of the journal. */
  script(bytes: Uint8Array): Uint8Array {
    return this.#script.write(bytes);
  }

  /** The stage's output ends here: what was held back comes out, the open line is ended. */
  endScript(): Uint8Array {
    return this.#script.end();
  }

  state(): PipelineState {
    return { manager: this.#manager.state(), script: this.#script.state() };
  }
}
