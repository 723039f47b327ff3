/** An answer of S3. */
export interface S3Answer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | Buffer;
}

/** An answer with a document of XML. */
export function xmlAnswer(body: string): S3Answer {
  return { status: 200, headers: [['content-type', 'application/xml']], body };
}

/** An answer without a body. */
export function emptyAnswer(status: number, headers: S3Answer['headers'] = []): S3Answer {
  return { status, headers, body: '' };
}
