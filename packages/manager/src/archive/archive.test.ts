import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { ArchiveEntry } from './archive-entry.ts';
import { gzipOf } from './gzip-of.ts';
import { tarEntries } from './tar-entries.ts';
import { tarOf } from './tar-of.ts';
import { type Tree, treeOf } from './tree-of.contract.ts';
import { zipEntries } from './zip-entries.ts';
import { zipOf } from './zip-of.ts';

const execute = promisify(execFile);
const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'archive-'));
  folders.push(folder);
  return folder;
}

const TIME = Date.UTC(2021, 4, 6, 7, 8, 10);
const file = (path: string, content: Uint8Array | string, mode = 0o644): ArchiveEntry => {
  const bytes = Buffer.from(content);
  return { kind: 'file', path, mode, modifiedMs: TIME, size: bytes.length, content: Readable.from([bytes]) };
};
const directory = (path: string): ArchiveEntry => ({ kind: 'directory', path, mode: 0o755, modifiedMs: TIME });
const link = (path: string, target: string): ArchiveEntry => ({ kind: 'symlink', path, mode: 0o777, modifiedMs: TIME, target });

async function expected(entries: readonly ArchiveEntry[]): Promise<Tree> {
  const tree: Record<string, readonly [string, string, string]> = {};
  for (const entry of entries) {
    if (entry.kind === 'symlink') tree[entry.path] = ['symlink', '', entry.target];
    else if (entry.kind === 'directory') tree[entry.path] = ['directory', '755', ''];
    else tree[entry.path] = ['file', entry.mode.toString(8), (await whole(entry.content)).toString('base64')];
  }
  return tree;
}

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}

async function* inOrder(entries: readonly ArchiveEntry[]): AsyncIterable<ArchiveEntry> {
  yield* entries;
}

async function unzipped(zip: Buffer): Promise<Tree> {
  const folder = await newFolder();
  await writeFile(join(folder, 'a.zip'), zip);
  await mkdir(join(folder, 'out'));
  await execute('unzip', ['-q', join(folder, 'a.zip'), '-d', join(folder, 'out')]);
  return treeOf(join(folder, 'out'));
}

/** Bytes into a program, and what it prints. */
async function fed(program: readonly [string, ...string[]], cwd: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const [command, ...words] = program;
  const child = spawn(command, words, { cwd, stdio: ['pipe', 'ignore', 'pipe'] });
  const said = whole(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await pipeline(bytes, child.stdin);
  if ((await ended) !== 0) throw new Error((await said).toString());
  return (await said).toString();
}

const noLinks = (): never => {
  throw new Error('no hard link was expected');
};

/** Anything that Linux takes as a name of a file, long ones too. */
const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .map((text) => text.replaceAll(/[/\0\n]/g, '-').replace(/^\.{1,2}$/, 'dots'))
  .filter((text) => Buffer.byteLength(text) < 250);
const content = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }),
  fc.constant(new Uint8Array(0)),
  fc.nat(9).map((byte) => Buffer.alloc(200_000, byte)),
);
/** Files in folders of their own, so that no path is another one's folder. */
const entries = fc.array(fc.tuple(fc.array(segment, { maxLength: 4 }), segment, content, fc.constantFrom(0o644, 0o755, 0o600)), {
  maxLength: 12,
});

type Drawn = typeof entries extends fc.Arbitrary<infer T> ? T : never;

function entriesOf(drawn: Drawn): () => ArchiveEntry[] {
  return () => {
    const all: ArchiveEntry[] = [];
    for (const [at, [below, name, bytes, mode]] of drawn.entries()) {
      const path = [`${at}`, ...below].map((part) => part);
      for (let depth = 1; depth <= path.length; depth++) all.push(directory(path.slice(0, depth).join('/')));
      all.push(file([...path, name].join('/'), bytes, mode), link(`${at}/${'link'.repeat(30)}`, [...below, name].join('/')));
    }
    return all.filter(({ path }, at) => all.findIndex((other) => other.path === path) === at);
  };
}

describe('a zip', () => {
  it('comes out of unzip as it went in: names with anything in them, empty files, links, permissions', async () => {
    await fc.assert(
      fc.asyncProperty(entries, async (drawn) => {
        const make = entriesOf(drawn);
        fc.pre(make().length > 0);
        expect(await unzipped(await whole(zipOf(inOrder(make()), { level: 1 })))).toEqual(await expected(make()));
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('comes out of our own reader as it went in, and through a tar out of tar and busybox', async () => {
    for (const program of [['tar'], ['busybox', 'tar']] as const) {
      await fc.assert(
        fc.asyncProperty(entries, async (drawn) => {
          const make = entriesOf(drawn);
          fc.pre(make().length > 0);
          const folder = await newFolder();
          await writeFile(join(folder, 'a.zip'), zipOf(inOrder(make()), { level: 6 }));
          await mkdir(join(folder, 'out'));
          await fed([program[0], ...program.slice(1), '-xpof', '-'], join(folder, 'out'), tarOf(zipEntries(join(folder, 'a.zip'))));
          expect(await treeOf(join(folder, 'out'))).toEqual(await expected(make()));
        }),
        { numRuns: 15 },
      );
    }
  }, 60_000);

  it('is the same for the same entries, whatever pieces they come in', async () => {
    const bytes = Buffer.alloc(300_000, 'some text ');
    const zips = [1000, 701, 65_536].map((step) => {
      const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) => bytes.subarray(at * step, (at + 1) * step));
      const entry: ArchiveEntry = { ...file('a', ''), kind: 'file', size: bytes.length, content: Readable.from(pieces) };
      return whole(zipOf(inOrder([entry]), { level: 1 }));
    });
    const [first, ...others] = await Promise.all(zips);
    for (const other of others) expect(other.equals(first ?? Buffer.alloc(0))).toBe(true);
  });

  it('has more entries than 16 bits can count', async () => {
    async function* many() {
      for (let at = 0; at < 70_000; at++) yield directory(`d${at}`);
    }
    const folder = await newFolder();
    await writeFile(join(folder, 'a.zip'), zipOf(many(), { level: 1 }));
    const { stdout } = await execute('unzip', ['-Zh', join(folder, 'a.zip')]);
    expect(stdout).toContain('number of entries: 70000');
  });

  it('throws what its entries throw', async () => {
    async function* broken(): AsyncIterable<ArchiveEntry> {
      yield file('a', 'text');
      throw new Error('the worker is lost');
    }
    await expect(whole(zipOf(broken(), { level: 1 }))).rejects.toThrow('the worker is lost');
    const failing = Readable.from(
      (async function* () {
        yield Buffer.from('half');
        throw new Error('in the middle');
      })(),
    );
    const entry: ArchiveEntry = { ...file('a', ''), kind: 'file', size: 10, content: failing };
    await expect(whole(zipOf(inOrder([entry]), { level: 1 }))).rejects.toThrow('in the middle');
  });
});

describe('a tar', () => {
  it('of either make is read: several in a row, long names, links, second names, permissions', async () => {
    for (const tar of ['tar', 'busybox tar']) {
      const folder = await newFolder();
      const long = `${'long '.repeat(20)}/${'name'.repeat(50)}`;
      await mkdir(dirname(join(folder, long)), { recursive: true });
      await writeFile(join(folder, long), 'far away');
      await writeFile(join(folder, 'run'), '#!');
      await chmod(join(folder, 'run'), 0o755);
      await symlink('run', join(folder, 'link'));
      await writeFile(join(folder, 'empty'), '');
      await execute('ln', ['run', 'second'], { cwd: folder });
      const names = ['.', './run', './second', './link', './empty', `./${dirname(long)}`, `./${long}`];
      const child = spawn('sh', ['-c', `printf '%s\\0' "$@" | xargs -0 -n 3 ${tar} -c --no-recursion -f -`, 'sh', ...names], {
        cwd: folder,
      });
      const seen: Record<string, string> = {};
      for await (const entry of tarEntries(child.stdout, ({ of }) => Readable.from([Buffer.from(`as ${of}`)]))) {
        const text =
          entry.kind === 'file' ? (await whole(entry.content)).toString() : entry.kind === 'symlink' ? `-> ${entry.target}` : '/';
        seen[entry.path] = `${entry.mode.toString(8)} ${text}`;
      }
      expect(seen).toEqual({
        run: '755 #!',
        second: expect.stringMatching(/^755 (as run|#!)$/),
        link: '777 -> run',
        empty: '644 ',
        [dirname(long)]: '755 /',
        [long]: '644 far away',
      });
    }
  });

  it('that is none, or cut short, is an error', async () => {
    const tar = await whole(tarOf(inOrder([file('a', Buffer.alloc(3000))])));
    for (const bytes of [Buffer.alloc(2000, 'x'), tar.subarray(0, 2000)])
      await expect(
        (async () => {
          for await (const entry of tarEntries(Readable.from([bytes]), noLinks)) if (entry.kind === 'file') await whole(entry.content);
        })(),
      ).rejects.toThrow();
  });

  it('goes on where a file was not read', async () => {
    const tar = tarOf(inOrder([file('a', Buffer.alloc(100_000)), file('b', 'text')]));
    const paths: string[] = [];
    for await (const entry of tarEntries(tar, noLinks)) paths.push(entry.path);
    expect(paths).toEqual(['a', 'b']);
  });
});

describe('a zip that was made to do harm', () => {
  const harmful = async (...all: readonly ArchiveEntry[]) => {
    const folder = await newFolder();
    await writeFile(join(folder, 'a.zip'), zipOf(inOrder(all), { level: 1 }));
    return join(folder, 'a.zip');
  };
  const read = async (path: string) => {
    for await (const entry of zipEntries(path)) if (entry.kind === 'file') await whole(entry.content);
  };

  it.each([
    ['../out', 'leads out of'],
    ['a/../../out', 'leads out of'],
    ['/etc/passwd', 'leads out of'],
  ])('is refused for a path such as %s', async (path, words) => {
    await expect(read(await harmful(file('fine', 'x'), file(path, 'x')))).rejects.toThrow(words);
  });

  it('is refused for a path through one of its own links', async () => {
    await expect(read(await harmful(link('a', '/etc'), file('a/passwd', 'x')))).rejects.toThrow('through a symbolic link');
    await expect(read(await harmful(file('a/b/passwd', 'x'), link('a/b', '/etc')))).rejects.toThrow('through a symbolic link');
  });

  it('gives links last, and no file the rights of its owner', async () => {
    const path = await harmful(link('a', 'b'), file('b', 'x', 0o4755));
    const seen: string[] = [];
    for await (const { path: name, mode } of zipEntries(path)) seen.push(`${name} ${mode.toString(8)}`);
    expect(seen).toEqual(['b 755', 'a 777']);
  });

  it('is refused when it is damaged, or no zip at all', async () => {
    const path = await harmful(file('a', Buffer.alloc(50_000, 'text')));
    const bytes = await readFile(path);
    bytes[60] = (bytes[60] ?? 0) ^ 0xff;
    await writeFile(path, bytes);
    await expect(read(path)).rejects.toThrow();
    await writeFile(path, '<html>');
    await expect(read(path)).rejects.toThrow(/central directory/);
  });
});

describe('gzip', () => {
  it('has one member for each file, with its name', async () => {
    const bytes = await whole(gzipOf(inOrder([file('a/b.xml', '<a/>'), directory('c'), link('l', 'a'), file('ä', '<b/>')]), { level: 1 }));
    expect(gunzipSync(bytes).toString()).toBe('<a/><b/>');
    expect(bytes.includes('b.xml\0')).toBe(true);
    const folder = await newFolder();
    await writeFile(join(folder, 'x.gz'), bytes);
    await execute('gzip', ['-t', join(folder, 'x.gz')]);
  });
});
