import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { Terminal } from '../../terminal.ts';
import type { Board, BoardJob } from '../board.ts';
import type { PipelineDisplay } from '../pipeline-display.ts';
import { frameRows } from './frame.ts';
import { type Key, keysIn } from './key.ts';
import { logLine } from './log-line.ts';
import { Screen } from './screen.ts';

/** What a live view is made of, and what its keys ask for. */
export interface LiveViewSettings {
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly board: Board;
  /** Branch and source. */
  readonly heading: string;
  /** ASCII alone. */
  readonly isPlain: boolean;
  readonly onPlay: (job: BoardJob) => void;
  readonly onLeave: () => void;
  /** Ctrl-C. */
  readonly onCancel: () => void;
  /** Ctrl-Z; resolves when the process has come back. */
  readonly onSuspend: () => Promise<void>;
}

const TICK_MS = 100;
const LOG_LINES = 2000;

/**
 * A pipeline on a whole terminal: jobs by stage, and the log of one of them. Of the jobs that run, the one that began last is shown
 * until a person chooses one; `f` goes back to that.
 *
 * Life: opened -> (suspended -> opened)* -> closed. Gotcha: whatever ends the process has to call `close`; it is quick, synchronous
 * and may be called twice.
 */
export class LiveView implements PipelineDisplay {
  readonly #settings: LiveViewSettings;
  readonly #screen: Screen;
  readonly #logs = new Map<string, string[]>();
  readonly #closed = new AbortController();
  readonly #begunAt: number;
  #stopListening: (() => void) | undefined;
  #chosen: string | undefined;
  #lastBegun: string | undefined;
  #scrolledBy = 0;
  #message: string | undefined;
  readonly #actions: Readonly<Record<Key, () => void>> = {
    up: () => this.#choose('up'),
    down: () => this.#choose('down'),
    left: () => this.#choose('left'),
    right: () => this.#choose('right'),
    'page up': () => this.#scroll('page up'),
    'page down': () => this.#scroll('page down'),
    end: () => this.#scroll('end'),
    play: () => this.#play(),
    follow: () => this.#follow(),
    leave: () => this.#settings.onLeave(),
    cancel: () => this.#settings.onCancel(),
    suspend: () => void this.#suspend(),
    redraw: () => this.#screen.forget(),
  };

  constructor(settings: LiveViewSettings) {
    this.#settings = settings;
    this.#screen = new Screen(settings.terminal);
    this.#begunAt = settings.clock.now();
    this.#open();
    void this.#tick();
  }

  jobChanged(job: BoardJob): void {
    if (job.status === 'running') this.#lastBegun = job.name;
    this.#draw();
  }

  log(job: BoardJob, lines: readonly string[]): void {
    const log = this.#logs.get(job.name) ?? [];
    this.#logs.set(job.name, log);
    log.push(...lines.map(logLine));
    log.splice(0, Math.max(0, log.length - LOG_LINES));
    if (job.name === this.#shown && this.#scrolledBy > 0) this.#scrolledBy += lines.length;
  }

  /** Shows this job from now on, as if a person had chosen it. */
  choose(name: string): void {
    this.#chosen = name;
    this.#scrolledBy = 0;
  }

  say(text: string): void {
    this.#message = text;
    this.#draw();
  }

  close(): void {
    this.#closed.abort();
    this.#stopListening?.();
    this.#stopListening = undefined;
    this.#screen.leave();
  }

  #open(): void {
    this.#screen.enter();
    const stopInput = this.#settings.terminal.onInput((text) => {
      for (const key of keysIn(text)) this.#press(key);
    });
    const stopResize = this.#settings.terminal.onResize(() => {
      this.#screen.forget();
      this.#draw();
    });
    this.#stopListening = () => {
      stopInput();
      stopResize();
    };
    this.#draw();
  }

  async #tick(): Promise<void> {
    const { clock } = this.#settings;
    while (!this.#closed.signal.aborted) {
      this.#draw();
      await clock.sleep(TICK_MS, this.#closed.signal).catch(() => undefined);
    }
  }

  get #shown(): string | undefined {
    const { jobs } = this.#settings.board;
    const running = jobs.filter((job) => job.status === 'running').toSorted((a, b) => (a.begunAt ?? 0) - (b.begunAt ?? 0));
    return this.#chosen ?? running.at(-1)?.name ?? this.#lastBegun ?? jobs[0]?.name;
  }

  #draw(): void {
    if (this.#closed.signal.aborted) return;
    const { board, terminal, clock, heading, isPlain } = this.#settings;
    const { columns, rows } = terminal;
    const log = this.#logs.get(this.#shown ?? '') ?? [];
    const content = { board, columns, rows, heading, isPlain, log, begunAt: this.#begunAt, now: clock.now(), message: this.#message };
    this.#screen.draw(frameRows({ ...content, chosen: this.#shown, scrolledBy: this.#scrolledBy }));
  }

  #press(key: Key): void {
    this.#actions[key]();
    this.#draw();
  }

  #follow(): void {
    this.#chosen = undefined;
    this.#scrolledBy = 0;
    this.#message = undefined;
  }

  #play(): void {
    const job = this.#settings.board.job(this.#shown ?? '');
    if (job?.status === 'manual' || job?.status === 'scheduled') this.#settings.onPlay(job);
    else this.say(`${job?.name ?? 'this job'} does not wait to be played`);
  }

  #choose(key: 'up' | 'down' | 'left' | 'right'): void {
    const { board } = this.#settings;
    const stages = board.stages.map((stage) => board.inStage(stage).map((job) => job.name));
    const column = stages.findIndex((names) => names.includes(this.#shown ?? ''));
    const row = stages[column]?.indexOf(this.#shown ?? '') ?? 0;
    const flat = stages.flat();
    const place = flat.indexOf(this.#shown ?? '');
    const beside = stages[column + (key === 'left' ? -1 : 1)];
    const next = key === 'up' ? flat[place - 1] : key === 'down' ? flat[place + 1] : beside?.[Math.min(row, beside.length - 1)];
    this.#chosen = next ?? this.#shown;
    this.#scrolledBy = 0;
    this.#message = undefined;
  }

  #scroll(key: 'page up' | 'page down' | 'end'): void {
    const page = Math.max(1, Math.floor(this.#settings.terminal.rows / 2) - 1);
    const most = Math.max(0, (this.#logs.get(this.#shown ?? '')?.length ?? 0) - page);
    const wanted = key === 'end' ? 0 : this.#scrolledBy + (key === 'page up' ? page : -page);
    this.#scrolledBy = Math.max(0, Math.min(most, wanted));
  }

  async #suspend(): Promise<void> {
    this.#stopListening?.();
    this.#screen.leave();
    await this.#settings.onSuspend();
    if (!this.#closed.signal.aborted) this.#open();
  }
}
