import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import type { ArchiveEntry } from './archive-entry.ts';

/** A file that a tar has under another name already, and the path of that. What it holds is not in the tar a second time. */
export interface HardLink {
  readonly path: string;
  readonly of: string;
}

/** The tar does not say how much a second name stands for: it may be a lot. */
const UNKNOWN_BYTES = Number.MAX_SAFE_INTEGER;

/**
 * What a tar brings, as it comes; several tars one after the other count as one. Devices, sockets and FIFOs are left out. `linked` gives the
 * content of what is only a second name of a file. Throws what the stream throws, and for what is no tar.
 */
export async function* tarEntries(
  tar: AsyncIterable<Uint8Array>,
  linked: (link: HardLink) => AsyncIterable<Uint8Array>,
): AsyncIterable<ArchiveEntry> {
  const reader = extract();
  const fed = pipeline(tar, reader);
  fed.catch(() => undefined);
  for await (const { header, content } of pieces(reader)) {
    const entry = entryOf(header, content, linked);
    if (entry) yield entry;
  }
  await fed;
}

/** Each with what it holds; what is not read of that is skipped. */
async function* pieces(reader: ReturnType<typeof extract>) {
  for await (const piece of reader) {
    yield { header: piece.header, content: bytesOf(piece) };
    piece.resume();
  }
}

async function* bytesOf(content: AsyncIterable<unknown>): AsyncIterable<Uint8Array> {
  for await (const piece of content) if (piece instanceof Uint8Array) yield piece;
}

function entryOf(
  header: Header,
  content: AsyncIterable<Uint8Array>,
  linked: (link: HardLink) => AsyncIterable<Uint8Array>,
): ArchiveEntry | undefined {
  const path = plainPath(header.name);
  if (path === '') return undefined;
  const facts = { path, mode: (header.mode ?? 0o644) & 0o7777, modifiedMs: header.mtime?.getTime() ?? 0 };
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { ...facts, kind: 'file', size: header.size ?? 0, content };
    case 'directory':
      return { ...facts, kind: 'directory' };
    case 'symlink':
      return { ...facts, kind: 'symlink', target: header.linkname ?? '' };
    case 'link':
      return { ...facts, kind: 'file', size: UNKNOWN_BYTES, content: linked({ path, of: plainPath(header.linkname ?? '') }) };
    default:
      return undefined;
  }
}

function plainPath(name: string): string {
  return name
    .replace(/^(\.\/+)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}
