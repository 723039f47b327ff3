import { S3Error } from './s3-error.ts';

/** Query parameters by name; one without a value has an empty one. */
export type S3Query = ReadonlyMap<string, string>;

/** A request as it came: nothing decoded that a signature is made of. */
export interface S3Request {
  readonly method: string;
  /** Still percent-encoded. */
  readonly rawPath: string;
  readonly query: S3Query;
  /** Names in lower case; several headers of one name are one, joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** Path style: the first part of the path. */
  readonly bucket: string;
  /** The rest of the path; empty for requests about the bucket. */
  readonly key: string;
  readonly body: Buffer;
}

/** What Node's server has of a request. */
export interface IncomingRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
}

/** Reads a request; throws S3Error for one that S3 would not understand. */
export function s3RequestOf(incoming: IncomingRequest, body: Buffer): S3Request {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const rawPath = mark < 0 ? url : url.slice(0, mark);
  const [, bucket = '', ...rest] = rawPath.split('/');
  return {
    method: incoming.method ?? 'GET',
    rawPath,
    query: queryOf(mark < 0 ? '' : url.slice(mark + 1)),
    headers: headersOf(incoming.headers),
    bucket: decoded(bucket),
    key: decoded(rest.join('/')),
    body,
  };
}

function queryOf(text: string): S3Query {
  const pairs = text.split('&').filter((pair) => pair !== '');
  return new Map(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decoded(name), decoded(value.join('='))];
    }),
  );
}

function headersOf(headers: NodeJS.Dict<string | string[]>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(',') : value]],
    ),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error('InvalidURI', "Couldn't parse the specified URI.");
  }
}
