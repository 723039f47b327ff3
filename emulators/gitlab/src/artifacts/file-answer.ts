import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Artifact } from './artifact.ts';

/** Answers with the artifact's bytes: all of them (200), or the one range that `Range` asks for (206, 416). */
export function fileAnswer({ path, size, filename }: Artifact, range: string | undefined): Response {
  const wanted = range === undefined ? { start: 0, end: size - 1 } : parsedRange(range, size);
  if (!wanted) return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
  const length = wanted.end - wanted.start + 1;
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(length),
    'content-disposition': `attachment; filename="${encodeURIComponent(filename)}"`,
    'accept-ranges': 'bytes',
    ...(range === undefined ? {} : { 'content-range': `bytes ${wanted.start}-${wanted.end}/${size}` }),
  };
  const body = length > 0 ? Readable.toWeb(createReadStream(path, wanted)) : null;
  return new Response(body, { status: range === undefined ? 200 : 206, headers });
}

function parsedRange(range: string, size: number): { readonly start: number; readonly end: number } | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  return start <= end ? { start, end } : undefined;
}
