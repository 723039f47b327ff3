import { eventLine } from './views.ts';
import type { Shaped } from '../wire/shape.ts';

type Line = Shaped<typeof eventLine>;

/** Something that happened in the stand-in GitLab: a job or pipeline changed its state, or bytes were appended to a trace. */
export type GitLabEvent = Exclude<Line, { kind: 'trace' }> | (Omit<Extract<Line, { kind: 'trace' }>, 'bytes'> & { readonly bytes: Buffer });

/** Reads one line of the event stream. */
export function readEvent(line: string): GitLabEvent {
  const event = eventLine.read(JSON.parse(line), 'event');
  return event.kind === 'trace' ? { ...event, bytes: Buffer.from(event.bytes, 'base64') } : event;
}
