import { readFile, stat } from 'node:fs/promises';

/** PEM files; `caFile`: certificates to trust in addition; certificate and key of the client only count together. */
export interface TlsFileNames {
  readonly caFile?: string | undefined;
  readonly clientCertFile?: string | undefined;
  readonly clientKeyFile?: string | undefined;
}

/** What the files hold. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly client?: { readonly cert: string; readonly key: string };
}

/**
 * The TLS files as they are now. They are looked at again before each use and read again when a modification time has changed, so that a
 * certificate is renewed without a restart. A file that is missing counts as not given; one that can't be read is told once for each of
 * its states, and what was read before goes on to count.
 */
export class TlsFiles {
  readonly #names: TlsFileNames;
  readonly #onTrouble: (file: string, cause: string) => void;
  #seen: string | undefined;
  #material: TlsMaterial = {};
  #turn: Promise<TlsMaterial> = Promise.resolve(this.#material);

  constructor(names: TlsFileNames, onTrouble: (file: string, cause: string) => void) {
    this.#names = names;
    this.#onTrouble = onTrouble;
  }

  /** The material. The same object as long as no file has changed. One look after the other, so that nobody gets half of a change. */
  current(): Promise<TlsMaterial> {
    this.#turn = this.#turn.then(() => this.#look());
    return this.#turn;
  }

  async #look(): Promise<TlsMaterial> {
    const { caFile, clientCertFile, clientKeyFile } = this.#names;
    const files = [caFile, clientCertFile, clientKeyFile];
    if (files.every((file) => file === undefined)) return this.#material;
    const seen = (await Promise.all(files.map(stateOf))).join(' ');
    if (seen === this.#seen) return this.#material;
    this.#seen = seen;
    const [ca, cert, key] = await Promise.all(files.map((file) => this.#read(file)));
    this.#material = { ...kept(ca, this.#material.ca, 'ca'), ...this.#client(cert, key) };
    return this.#material;
  }

  #client(cert: Read, key: Read): Pick<TlsMaterial, 'client'> {
    if (cert === 'unreadable' || key === 'unreadable') return this.#material.client ? { client: this.#material.client } : {};
    return cert !== undefined && key !== undefined ? { client: { cert, key } } : {};
  }

  async #read(file: string | undefined): Promise<Read> {
    if (file === undefined) return undefined;
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      this.#onTrouble(file, error instanceof Error ? error.message : String(error));
      return 'unreadable';
    }
  }
}

/** PEM text, never the word. */
type Read = string | 'unreadable' | undefined;

function kept(read: Read, before: string | undefined, name: 'ca'): Pick<TlsMaterial, 'ca'> {
  const text = read === 'unreadable' ? before : read;
  return text === undefined ? {} : { [name]: text };
}

async function stateOf(file: string | undefined): Promise<string> {
  if (file === undefined) return '-';
  const found = await stat(file).catch(() => undefined);
  return found ? `${found.mtimeMs}:${found.size}:${found.ino}` : 'missing';
}
