import { checkTaskDefinition, type DefinedRunner, type DefinitionCheckTools, type DefinitionFinding } from './task-definition-check.ts';

/** What it works with. `tell` hears of what is wrong with a definition, and again when that changes. */
export interface RunnerDefinitionsTools extends DefinitionCheckTools {
  tell(finding: DefinitionFinding): void;
}

const UNREAD = { hasDeadlineContainer: false, isRead: false, errors: [], warnings: [] } as const;

/**
 * What is known of the task definitions of the runners.
 *
 * Life of one: unread -> read at the start, or, where ECS did not say, before the next placement, and so on -> read, and asked for no more.
 * Gotcha: without it a placement leaves out the deadline of its sidecar, so an answer that came late must not be missed for good.
 */
export class RunnerDefinitions {
  readonly #runners: ReadonlyMap<string, DefinedRunner>;
  readonly #tools: RunnerDefinitionsTools;
  readonly #found = new Map<string, DefinitionFinding>();
  readonly #told = new Map<string, string>();
  readonly #reading = new Map<string, Promise<DefinitionFinding>>();

  constructor(runners: readonly DefinedRunner[], tools: RunnerDefinitionsTools) {
    this.#runners = new Map(runners.map((runner) => [runner.name, runner]));
    this.#tools = tools;
  }

  /** Reads those that are unread, all at the same time. Never rejects. */
  async readAll(): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => this.#read(runner)));
  }

  /** What is known at this moment. */
  of(runner: string): DefinitionFinding {
    return this.#found.get(runner) ?? { runner, ...UNREAD };
  }

  /** The same, after one more try where it is unread. Never rejects: what is known when the signal aborts must do. */
  async beforePlacement(runner: string, signal: AbortSignal): Promise<DefinitionFinding> {
    const defined = this.#runners.get(runner);
    if (defined && !this.of(runner).isRead) await untilAborted(this.#read(defined), signal);
    return this.of(runner);
  }

  /** Many jobs at a time ask once. */
  #read(runner: DefinedRunner): Promise<DefinitionFinding> {
    const reading = this.#reading.get(runner.name) ?? this.#readOnce(runner).finally(() => this.#reading.delete(runner.name));
    this.#reading.set(runner.name, reading);
    return reading;
  }

  async #readOnce(runner: DefinedRunner): Promise<DefinitionFinding> {
    const before = this.of(runner.name);
    if (before.isRead) return before;
    const finding = await checkTaskDefinition(runner, this.#tools);
    this.#found.set(runner.name, finding);
    const words = JSON.stringify([finding.errors, finding.warnings]);
    if (words !== this.#told.get(runner.name)) this.#tools.tell(finding);
    this.#told.set(runner.name, words);
    return finding;
  }
}

function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener('abort', done, { once: true });
    void work.then(done);
  });
}
