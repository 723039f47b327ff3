import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type Answer, type Answered, jsonOf } from './answer.ts';

const MAX_MESSAGE_CHARACTERS = 300;

const fieldErrors = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const errorBody = z.union([
  z.object({ message: z.union([z.string(), fieldErrors]) }).transform((body) => body.message),
  z.object({ error: z.string() }).transform((body) => body.error),
]);

/**
 * One line that says what GitLab answered, for people: status, GitLab's own message if there is one (`field: a; b, field2: c` for
 * validations), and the id under which GitLab logged the request. Bodies never decide anything.
 */
export function causeOf(answer: Answer): string {
  if (answer.kind === 'unanswered') return answer.cause;
  const status = `${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim();
  const message = messageOf(answer);
  const said = message.startsWith(status) ? message : [status, message].filter(Boolean).join(': ');
  return `GitLab answered ${said}${jobStatus(answer)}${movedTo(answer)} (request ${answer.requestId})`;
}

/** GitLab's own message in an answer, on one line; empty when there is none. */
export function messageOf(answer: Answered): string {
  const read = errorBody.safeParse(jsonOf(answer));
  if (!read.success) return '';
  const text = typeof read.data === 'string' ? read.data : fieldsText(read.data);
  return text.replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_CHARACTERS);
}

function fieldsText(fields: z.output<typeof fieldErrors>): string {
  return Object.entries(fields)
    .map(([field, texts]) => `${field}: ${[texts].flat().join('; ')}`)
    .join(', ');
}

function jobStatus({ headers }: Answered): string {
  const status = headers['job-status'];
  return status === undefined || !/^[a-z_]{1,30}$/.test(status) ? '' : `, the job is ${status}`;
}

/** Redirects aren't followed, since tokens would travel with them: the line says which address to configure. */
function movedTo({ status, headers }: Answered): string {
  const { location } = headers;
  if (status < 300 || status > 399 || !location || !URL.canParse(location)) return '';
  return `, redirecting to ${new URL(location).origin}: use that address instead`;
}
