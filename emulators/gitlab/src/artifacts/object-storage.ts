import { Hono } from 'hono';
import type { Coordinator } from '../coordinator/coordinator.ts';
import { fileAnswer } from './file-answer.ts';

/** Headers that a plain download has. Anything else may be a credential that followed a redirect. */
const EXPECTED =
  /^(accept|accept-encoding|accept-language|connection|cache-control|pragma|host|range|if-[a-z-]+|sec-fetch-mode|te|user-agent|x-request-id)$/;

/**
 * A stand-in object storage, at an address of its own: `GET /artifacts/…` with a signature in the query, in S3's manners. It
 * refuses requests with headers that are none of its business, such as `JOB-TOKEN`, and files a finding.
 */
export function objectStorage({ artifacts, findings }: Coordinator): Hono {
  const app = new Hono();
  app.get('/artifacts/:key', (c) => {
    const strange = Object.keys(c.req.header()).filter((name) => !EXPECTED.test(name));
    if (strange.length > 0) {
      findings.push({ rule: 'header-to-storage', detail: `sent to the object storage: ${strange.join(', ')}`, request: 'GET' });
      return xmlError(400, 'InvalidArgument', 'the request has headers that are not part of it');
    }
    const artifact = artifacts.signed(c.req.query('X-Amz-Signature') ?? '');
    if (!artifact || artifact.sha256 !== c.req.param('key')) return xmlError(403, 'AccessDenied', 'Request has expired');
    return fileAnswer(artifact, c.req.header('range'));
  });
  app.all('*', () => xmlError(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.'));
  return app;
}

/** `words` come from this file, so that nothing needs escaping. */
function xmlError(status: number, code: string, words: string): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${words}</Message></Error>`;
  return new Response(body, { status, headers: { 'content-type': 'application/xml' } });
}
