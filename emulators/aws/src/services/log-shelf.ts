import type { Fields, JsonObject } from '../json-fields.ts';
import { ServiceError } from './service-error.ts';

/** What CloudWatch Logs holds: lines by group and stream. A stream that ends with `*` stands for all that begin so. */
export class LogShelf {
  readonly #place: { readonly region: string; readonly account: string };
  readonly #streams: { readonly group: string; readonly stream: string; readonly lines: readonly string[] }[] = [];

  constructor(place: { readonly region: string; readonly account: string }) {
    this.#place = place;
  }

  put(entry: { readonly group: string; readonly stream: string; readonly lines: readonly string[] }): void {
    this.#streams.push(entry);
  }

  /** The ARN that a policy sees for these fields. */
  resourceOf(fields: Fields): string {
    const { region, account } = this.#place;
    return `arn:aws:logs:${region}:${account}:log-group:${fields.string('logGroupName')}:log-stream:${fields.string('logStreamName')}`;
  }

  /** GetLogEvents: the newest `limit` lines, oldest of them first. Source: Amazon CloudWatch Logs API reference. */
  events(fields: Fields, now: number): JsonObject {
    const group = fields.string('logGroupName');
    const stream = fields.string('logStreamName');
    const limit = fields.optionalNumber('limit') ?? 10_000;
    const isIt = (kept: string) => (kept.endsWith('*') ? stream.startsWith(kept.slice(0, -1)) : kept === stream);
    const found = this.#streams.filter((kept) => kept.group === group && isIt(kept.stream));
    if (found.length === 0) throw new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');
    const lines = found.flatMap((kept) => kept.lines);
    const wanted = fields.optionalBoolean('startFromHead') ? lines.slice(0, limit) : lines.slice(-limit);
    const events = wanted.map((message) => ({ timestamp: now, ingestionTime: now, message }));
    return { events, nextForwardToken: 'f/1', nextBackwardToken: 'b/1' };
  }
}
