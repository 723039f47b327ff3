import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Busboy, type BusboyFileStream } from '@fastify/busboy';

/** The file of a multipart upload as it lies on disk now, with the form's other fields. */
export interface ReceivedFile {
  readonly kind: 'received';
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly path: string;
  /** The first bytes, enough to tell formats by. */
  readonly magic: Buffer;
  readonly fields: ReadonlyMap<string, string>;
}

/** What a multipart body comes to. */
export type Reception = ReceivedFile | { readonly kind: 'too-large' } | { readonly kind: 'no-file' } | { readonly kind: 'broken' };

type Content = Pick<ReceivedFile, 'size' | 'sha256' | 'magic'>;

/** Streams part `file` of the body to `path`; more than `limitBytes` ends it early. A body that is refused leaves no file. */
export async function receiveUpload(
  request: Request,
  { path, limitBytes }: { readonly path: string; readonly limitBytes: number },
): Promise<Reception> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!request.body || !/^multipart\/form-data;.*boundary=/i.test(contentType)) return { kind: 'no-file' };
  const form = new Busboy({ headers: { 'content-type': contentType }, limits: { fileSize: limitBytes, files: 1 } });
  const fields = new Map<string, string>();
  let file: { readonly filename: string; readonly stored: Promise<Content>; readonly stream: BusboyFileStream } | undefined;
  const over = new AbortController();
  form.on('field', (name: string, value: string) => fields.set(name, value));
  form.on('file', (name: string, stream: BusboyFileStream, filename: string) => {
    stream.on('limit', () => over.abort());
    if (name !== 'file') return stream.resume();
    const stored = store(stream, path);
    stored.catch(() => undefined);
    file = { filename, stored, stream };
  });
  const isWhole = await pipeline(Readable.fromWeb(request.body), form, { signal: over.signal }).then(
    () => true,
    () => false,
  );
  return conclude({ file, isWhole, isOver: over.signal.aborted, path, fields });
}

interface Outcome {
  readonly file: { readonly filename: string; readonly stored: Promise<Content>; readonly stream: BusboyFileStream } | undefined;
  readonly isWhole: boolean;
  readonly isOver: boolean;
  readonly path: string;
  readonly fields: ReadonlyMap<string, string>;
}

async function conclude({ file, isWhole, isOver, path, fields }: Outcome): Promise<Reception> {
  if (isWhole && file) return { kind: 'received', filename: file.filename, path, fields, ...(await file.stored) };
  file?.stream.destroy();
  await file?.stored.catch(() => undefined);
  await rm(path, { force: true });
  if (isOver) return { kind: 'too-large' };
  return { kind: isWhole ? 'no-file' : 'broken' };
}

async function store(stream: Readable, path: string): Promise<Content> {
  const hash = createHash('sha256');
  let size = 0;
  let magic = Buffer.alloc(0);
  const measure = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (magic.length < 4) magic = Buffer.concat([magic, piece]).subarray(0, 4);
      hash.update(piece);
      done(null, piece);
    },
  });
  await pipeline(stream, measure, createWriteStream(path));
  return { size, sha256: hash.digest('hex'), magic };
}
