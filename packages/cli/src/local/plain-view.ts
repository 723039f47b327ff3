import { stripVTControlCharacters } from 'node:util';
import type { GitLabEvent, PipelineView } from '@fargate-gitlab-runner/emulator-gitlab';

import type { Output } from '../output.ts';
import { TraceText } from './trace-text.ts';

/**
 * A pipeline as plain lines: each job's state when it changes, each job's log as it comes. With several jobs at a time every line of log
 * says whose it is.
 */
export class PlainView {
  readonly #output: Output;
  readonly #names = new Map<string, string>();
  readonly #begun = new Map<string, number>();
  readonly #texts = new Map<string, TraceText>();
  readonly #hasPrefix: boolean;

  constructor(output: Output, pipeline: PipelineView) {
    this.#output = output;
    this.#hasPrefix = pipeline.jobs.length > 1;
    for (const job of pipeline.jobs) this.#names.set(job.id, job.name);
  }

  /** Takes one event of the coordinator. */
  show(event: GitLabEvent): void {
    switch (event.kind) {
      case 'trace':
        this.#showLog(event.jobId, event.bytes);
        return;
      case 'job':
        this.#showState(event);
        return;
      case 'pipeline':
    }
  }

  #showLog(jobId: string, bytes: Buffer): void {
    const text = this.#texts.get(jobId) ?? new TraceText();
    this.#texts.set(jobId, text);
    for (const line of text.take(bytes)) this.#logLine(jobId, line);
  }

  #showState(event: GitLabEvent & { kind: 'job' }): void {
    if (event.to === 'running' && !this.#begun.has(event.jobId)) this.#begun.set(event.jobId, event.at);
    if (!['success', 'failed', 'canceled', 'skipped'].includes(event.to)) return;
    for (const line of this.#texts.get(event.jobId)?.end() ?? []) this.#logLine(event.jobId, line);
    const seconds = (event.at - (this.#begun.get(event.jobId) ?? event.at)) / 1000;
    const why =
      event.failureReason === undefined
        ? ''
        : ` (${event.failureReason}${event.exitCode === undefined ? '' : `, exit code ${event.exitCode}`})`;
    this.#output.line(`${event.name}: ${event.to}${why} in ${seconds.toFixed(1)} s`);
  }

  #logLine(jobId: string, line: string): void {
    this.#output.line(`${this.#prefix(jobId)}${this.#output.hasColours ? line : stripVTControlCharacters(line)}`);
  }

  #prefix(jobId: string): string {
    return this.#hasPrefix ? `[${this.#names.get(jobId) ?? jobId}] ` : '';
  }
}
