import type { Bucket } from './bucket.ts';
import type { S3Answer } from './s3-answer.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request } from './s3-request.ts';
import type { StoredObject } from './stored-object.ts';
import { bare, preconditionFailed } from './write-condition.ts';

/** Query parameters with which a signed request changes headers of the answer. */
const OVERRIDES = ['content-type', 'content-language', 'expires', 'cache-control', 'content-disposition', 'content-encoding'];

/** GetObject and HeadObject: conditions, one range, checksums when asked for. The body of a HEAD is left to the server to drop. */
export function readObject(bucket: Bucket, request: S3Request): S3Answer {
  const object = bucket.get(request.key);
  const condition = conditionOf(request, object);
  if (condition === 'not modified') return { status: 304, headers: [['etag', object.etag]], body: '' };
  const range = rangeOf(request.headers.get('range'), object.body.length);
  const isWhole = range === undefined;
  const body = isWhole ? object.body : object.body.subarray(range.from, range.to + 1);
  const headers = new Map([
    ...object.headers,
    ['etag', object.etag],
    ['last-modified', new Date(object.lastModified).toUTCString()],
    ['accept-ranges', 'bytes'],
    ['content-length', String(body.length)],
    ...(isWhole ? [] : [['content-range', `bytes ${range.from}-${range.to}/${object.body.length}`] as const]),
    ...(isWhole && request.headers.get('x-amz-checksum-mode') === 'ENABLED' ? object.checksums : []),
    ...OVERRIDES.flatMap((name) => {
      const value = request.query.get(`response-${name}`);
      return value === undefined ? [] : [[name, value] as const];
    }),
  ]);
  return { status: isWhole ? 200 : 206, headers: [...headers], body };
}

function conditionOf({ headers }: S3Request, object: StoredObject): 'met' | 'not modified' {
  const ifMatch = headers.get('if-match');
  if (ifMatch !== undefined && ifMatch !== '*' && bare(ifMatch) !== bare(object.etag)) throw preconditionFailed('If-Match');
  const ifNoneMatch = headers.get('if-none-match');
  if (ifNoneMatch !== undefined) return ifNoneMatch === '*' || bare(ifNoneMatch) === bare(object.etag) ? 'not modified' : 'met';
  const since = Date.parse(headers.get('if-modified-since') ?? '');
  return Math.floor(object.lastModified / 1000) * 1000 <= since ? 'not modified' : 'met';
}

/** One range of bytes, both ends included; undefined for the whole, also when the header is no range that S3 knows. */
function rangeOf(header: string | undefined, size: number): { readonly from: number; readonly to: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (from >= size || (first === '' && Number(last) === 0)) {
    throw new S3Error('InvalidRange', 'The requested range is not satisfiable', {
      RangeRequested: header ?? '',
      ActualObjectSize: String(size),
    });
  }
  return from > to ? undefined : { from, to };
}
