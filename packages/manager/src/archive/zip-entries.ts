import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { ArchiveEntry } from './archive-entry.ts';
import { UnsafeArchive } from './unsafe-archive.ts';

const TYPE_BITS = 0o170_000;
const SYMLINK = 0o120_000;
/** No system takes a longer one. */
const LONGEST_TARGET = 4096;
const OPTIONS = { autoClose: false, decodeStrings: false } as const;

/**
 * What a zip on disk brings, symbolic links last, so that nothing is unpacked through one of them. Throws `UnsafeArchive` for what is no
 * zip, for paths that lead out of the folder, for what would lie below a link, and for content that is not as the directory says.
 */
export async function* zipEntries(path: string): AsyncIterable<ArchiveEntry> {
  const links = await linksOf(path);
  for await (const { zip, entry } of directoryOf(path)) {
    const name = safePath(entry, links);
    if (name === '' || links.has(name)) continue;
    const facts = { path: name, mode: modeOf(entry), modifiedMs: entry.getLastModDate().getTime() };
    if (isFolder(entry)) yield { ...facts, kind: 'directory' };
    else yield { ...facts, kind: 'file', size: entry.uncompressedSize, content: contentOf(zip, entry) };
  }
  for (const [name, target] of links) yield { path: name, mode: 0o777, modifiedMs: 0, kind: 'symlink', target };
}

/** The symbolic links of a zip: path and target. */
async function linksOf(path: string): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  for await (const { zip, entry } of directoryOf(path)) {
    if ((unixMode(entry) & TYPE_BITS) !== SYMLINK) continue;
    if (entry.uncompressedSize > LONGEST_TARGET) throw new UnsafeArchive(`a link in it is too long: ${said(nameOf(entry))}`);
    const parts: Uint8Array[] = [];
    for await (const bytes of contentOf(zip, entry)) parts.push(bytes);
    links.set(safePath(entry, new Map()), Buffer.concat(parts).toString());
  }
  return links;
}

async function* directoryOf(path: string) {
  const zip = await openPromise(path, OPTIONS).catch(unreadable);
  try {
    const entries = zip.eachEntry();
    for (;;) {
      const next = await entries.next().catch(unreadable);
      if (next.done) return;
      yield { zip, entry: next.value };
    }
  } finally {
    zip.close();
  }
}

async function* contentOf(zip: ZipFile, entry: Entry): AsyncIterable<Uint8Array> {
  const stream = await zip.openReadStreamPromise(entry).catch(unreadable);
  let crc = 0;
  try {
    for await (const bytes of stream) {
      crc = crc32(bytes, crc);
      yield bytes;
    }
  } catch (error) {
    unreadable(error);
  }
  if (crc !== entry.crc32) throw new UnsafeArchive(`${said(nameOf(entry))} in it is damaged`);
}

function unreadable(error: unknown): never {
  throw error instanceof UnsafeArchive ? error : new UnsafeArchive(error instanceof Error ? error.message : String(error));
}

function safePath(entry: Entry, links: ReadonlyMap<string, string>): string {
  const name = nameOf(entry);
  const segments = name.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (name.startsWith('/') || segments.includes('..') || name.includes('\0'))
    throw new UnsafeArchive(`a path in it leads out of the project directory: ${said(name)}`);
  const isBelowLink = segments.some((_segment, at) => at > 0 && links.has(segments.slice(0, at).join('/')));
  if (isBelowLink) throw new UnsafeArchive(`a path in it leads through a symbolic link: ${said(name)}`);
  return segments.join('/');
}

function nameOf(entry: Entry): string {
  return entry.fileNameRaw.toString();
}

function said(name: string): string {
  return name.replaceAll(/\p{Cc}+/gu, ' ').slice(0, 200);
}

function isFolder(entry: Entry): boolean {
  return nameOf(entry).endsWith('/');
}

/** Zero where the zip was not made on Unix. */
function unixMode(entry: Entry): number {
  return entry.versionMadeBy >> 8 === 3 ? entry.externalFileAttributes >>> 16 : 0;
}

/** Without the bits that give a file the rights of its owner. */
function modeOf(entry: Entry): number {
  const mode = unixMode(entry) & 0o777;
  return mode === 0 ? (isFolder(entry) ? 0o755 : 0o644) : mode;
}
