import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { ExpectedArtifact, Line } from './case.ts';

const execute = promisify(execFile);

/** An artifact as GitLab keeps it. */
export interface SeenArtifact {
  readonly type: string;
  readonly format: 'zip' | 'gzip' | 'raw';
  readonly filename: string;
  readonly bytes: Buffer;
}

/** What is other than expected of all artifacts of a job. */
export async function judgeArtifacts(
  seen: readonly SeenArtifact[],
  expected: Readonly<Record<string, ExpectedArtifact>>,
): Promise<readonly string[]> {
  const types = seen.map(({ type }) => type).sort();
  const wanted = Object.keys(expected).sort();
  const judged = await Promise.all(
    seen.map(async (artifact) => (await judgeOne(artifact, expected[artifact.type] ?? {})).map((each) => `${artifact.type}: ${each}`)),
  );
  return [...(types.join() === wanted.join() ? [] : [`the artifacts are ${types.join()}, expected ${wanted.join()}`]), ...judged.flat()];
}

async function judgeOne(artifact: SeenArtifact, { filename, files, content }: ExpectedArtifact): Promise<readonly string[]> {
  const name = filename === undefined || filename === artifact.filename ? [] : [`its file is called ${artifact.filename}`];
  if (content !== undefined) {
    const text = (artifact.format === 'gzip' ? gunzipSync(artifact.bytes) : artifact.bytes).toString();
    return fits(text, content) ? name : [...name, `it holds ${JSON.stringify(text)}`];
  }
  return files ? [...name, ...(await judgeArchive(artifact.bytes, files))] : name;
}

async function judgeArchive(bytes: Buffer, files: Readonly<Record<string, Line>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fgr-case-archive-'));
  const zip = join(folder, 'archive.zip');
  try {
    await writeFile(zip, bytes);
    const names = (await execute('unzip', ['-Z1', zip])).stdout.trim().split('\n').sort();
    const wanted = Object.keys(files).sort();
    if (names.join('\n') !== wanted.join('\n')) return [`it has ${names.join(', ')}, expected ${wanted.join(', ')}`];
    const judged = wanted
      .filter((name) => !name.endsWith('/'))
      .map(async (name) => {
        const { stdout } = await execute('unzip', ['-p', zip, name.replaceAll(/[[\]*?\\]/g, '\\$&')]);
        return fits(stdout, files[name] ?? '') ? [] : [`${name} holds ${JSON.stringify(stdout)}`];
      });
    return (await Promise.all(judged)).flat();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function fits(text: string, line: Line): boolean {
  return typeof line === 'string' ? text === line : line.test(text);
}
