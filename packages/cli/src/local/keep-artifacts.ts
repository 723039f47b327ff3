import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';
import type { GitLabControl, JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import { zipEntries } from '@fargate-gitlab-runner/manager';
import type { BoardJob } from './board.ts';
import type { RunFolder } from './run-folder.ts';

/** Where a job's artifacts come from, and where they go. */
export interface Keeping {
  readonly control: Pick<GitLabControl, 'artifact'>;
  readonly folder: RunFolder;
}

/**
 * Keeps what a job left at the stand-in GitLab in the run's folder: its archive unpacked in `artifacts`, reports under their own names in
 * `reports`. Symbolic links of an archive are left out, so that nothing is ever written outside of the folder. Resolves with what a person
 * should know: what could not be kept, and why.
 */
export async function keepArtifacts(job: BoardJob, artifacts: JobView['artifacts'], of: Keeping): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const artifact of artifacts.filter(({ type }) => type !== 'metadata' && type !== 'trace')) {
    try {
      const bytes = await of.control.artifact(job.id, artifact.type);
      if (artifact.format === 'zip') notes.push(...(await unpack(bytes, of.folder.placeFor(job, 'artifacts'))));
      else await keepReport(artifact, bytes, of.folder.placeFor(job, 'reports'));
    } catch (error) {
      notes.push(`its ${artifact.type} is not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return notes;
}

async function unpack(bytes: Uint8Array, folder: string): Promise<string[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'fargate-gitlab-runner-'));
  let links = 0;
  try {
    const zip = join(scratch, 'archive.zip');
    await writeFile(zip, bytes);
    for await (const entry of zipEntries(zip)) {
      const path = join(folder, entry.path);
      if (entry.kind === 'symlink') links++;
      else if (entry.kind === 'directory') await mkdir(path, { recursive: true });
      else {
        await mkdir(dirname(path), { recursive: true });
        await pipeline(Readable.from(entry.content), createWriteStream(path, { mode: entry.mode | 0o600 }));
      }
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return links === 0 ? [] : [`symbolic links of its artifacts are not kept (${links})`];
}

/** GitLab's runner packs most reports one by one; here they are as the job wrote them. */
async function keepReport({ type, format, filename }: JobView['artifacts'][number], bytes: Uint8Array, folder: string): Promise<void> {
  const name = basename(filename).replace(/\.gz$/, '');
  await writeFile(join(folder, name === '' || name === '.' || name === '..' ? type : name), format === 'gzip' ? gunzipSync(bytes) : bytes);
}
