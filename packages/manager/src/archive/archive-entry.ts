/** One thing in an archive. `path` is relative, with slashes, without `./` in front or a slash at the end. Times are milliseconds, sizes bytes. */
export type ArchiveEntry = FileEntry | DirectoryEntry | SymlinkEntry;

interface EntryFacts {
  readonly path: string;
  /** Permissions: the low 12 bits of a Unix mode. */
  readonly mode: number;
  readonly modifiedMs: number;
}

/** A file. Its content must be read before the next entry is asked for; what was not read is skipped. */
export interface FileEntry extends EntryFacts {
  readonly kind: 'file';
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A folder. */
interface DirectoryEntry extends EntryFacts {
  readonly kind: 'directory';
}

/** A symbolic link; `target` is what it says. */
interface SymlinkEntry extends EntryFacts {
  readonly kind: 'symlink';
  readonly target: string;
}
