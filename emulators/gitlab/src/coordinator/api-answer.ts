import { type JsonValue, jsonText } from '../wire/json-text.ts';

/** A JSON answer. */
export function jsonAnswer(status: number, body: JsonValue, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(jsonText(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

/** 403 in GitLab's form; with `Job-Status` when the token is right but the job is not executing. */
export function forbidden(jobStatus?: string): Response {
  return jsonAnswer(403, { message: '403 Forbidden' }, jobStatus === undefined ? {} : { 'job-status': jobStatus });
}

/** 400 for a parameter that is missing or wrong. */
export function badRequest(error: string): Response {
  return jsonAnswer(400, { error });
}

/** 429 of the application's own limiter. */
export function tooMany(headers: Readonly<Record<string, string>>): Response {
  return jsonAnswer(429, { message: { error: 'This endpoint has been requested too many times. Try again later.' } }, headers);
}

/** An answer whose body is its own status number, as the job routes give it. */
export function numberAnswer(status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(String(status), { status, headers: { 'content-type': 'text/plain', ...headers } });
}

/** 429 of a GitLab whose database is being migrated. */
export function migrating(): Response {
  return jsonAnswer(
    429,
    { message: { error: 'Unable to handle the request while the database is being migrated' } },
    { 'retry-after': '60' },
  );
}

/** 422 for a runner that belongs to no project any more. */
export function orphaned(): Response {
  return jsonAnswer(422, { message: '422 Runner is orphaned' });
}
