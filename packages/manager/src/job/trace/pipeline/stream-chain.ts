import type { Clock } from '@fargate-gitlab-runner/kernel';
import { LineStamper, type LineStamperState } from './line-stamper.ts';
import { PhraseMasker, type PhraseMaskerState } from './phrase-masker.ts';
import type { PhraseTable } from './phrase-table.ts';
import { RunMasker, type RunMaskerState, type RunRule } from './run-masker.ts';
import { URL_PARAMETERS } from './url-parameters.ts';
import { Utf8Repair } from './utf8-repair.ts';

/** Everything one stream holds between two buffers. JSON-safe; may contain the beginning of a secret. */
export interface StreamChainState {
  readonly utf8: string;
  readonly phrases: PhraseMaskerState;
  readonly parameters: RunMaskerState;
  readonly tokens: RunMaskerState;
  readonly line: LineStamperState;
}

/** What a chain is made of. Without `clock` lines get no timestamps. */
export interface StreamChainSettings {
  readonly stream: '00' | '01';
  readonly phrases: PhraseTable;
  readonly tokens: RunRule;
  readonly clock: Pick<Clock, 'now'> | undefined;
}

/**
 * One stream on its way into the trace: bytes -> valid UTF-8 -> phrases -> URL parameters -> token prefixes -> lines.
 *
 * Gotcha: UTF-8 comes first, because a replacement after masking could complete a phrase that contains U+FFFD; a phrase in the raw
 * bytes is untouched by the repair, since its first byte begins a character.
 */
export class StreamChain {
  readonly #utf8: Utf8Repair;
  readonly #phrases: PhraseMasker;
  readonly #parameters: RunMasker;
  readonly #tokens: RunMasker;
  readonly #line: LineStamper | undefined;

  constructor(settings: StreamChainSettings, state?: StreamChainState) {
    this.#utf8 = new Utf8Repair(state?.utf8);
    this.#phrases = new PhraseMasker(settings.phrases, state?.phrases);
    this.#parameters = new RunMasker(URL_PARAMETERS, state?.parameters);
    this.#tokens = new RunMasker(settings.tokens, state?.tokens);
    this.#line = settings.clock && new LineStamper({ clock: settings.clock, stream: settings.stream }, state?.line);
  }

  usePhrases(table: PhraseTable): void {
    this.#phrases.useTable(table);
  }

  write(bytes: Uint8Array): Uint8Array {
    return this.#toLines(this.#phrases.write(this.#utf8.write(bytes)));
  }

  /** Writes bytes after which nothing is held back but the open line. */
  writeWhole(bytes: Uint8Array): Uint8Array {
    const begun = this.#phrases.write(this.#utf8.write(bytes));
    const rest = this.#phrases.write(this.#utf8.end());
    const lines = this.#toLines(Buffer.concat([begun, rest, this.#phrases.end()]));
    this.#parameters.end();
    this.#tokens.end();
    return lines;
  }

  /** Ends the open line. */
  endLine(): Uint8Array {
    return this.#line?.endLine() ?? new Uint8Array();
  }

  /** The stream ends: everything comes out, the next stream begins afresh. */
  end(): Uint8Array {
    const rest = this.writeWhole(new Uint8Array());
    return Buffer.concat([rest, this.#line?.end() ?? new Uint8Array()]);
  }

  state(): StreamChainState {
    return {
      utf8: this.#utf8.state(),
      phrases: this.#phrases.state(),
      parameters: this.#parameters.state(),
      tokens: this.#tokens.state(),
      line: this.#line?.state() ?? { held: '', isContinued: false },
    };
  }

  #toLines(text: Uint8Array): Uint8Array {
    const masked = this.#tokens.write(this.#parameters.write(text));
    return this.#line ? this.#line.write(masked) : masked;
  }
}
