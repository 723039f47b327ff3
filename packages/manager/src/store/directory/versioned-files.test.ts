import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { fileNameOf, textOf } from '../file-name.ts';
import { Staging } from './staging.ts';
import { VersionedFiles } from './versioned-files.ts';

/** Staging that does something else between writing a file and giving it its name: where a slow process may be stopped for hours. */
class InterruptedStaging extends Staging {
  between: () => Promise<void> = async () => undefined;

  override write<T>(text: string, publish: (staged: string) => Promise<T>): Promise<T> {
    return super.write(text, async (staged) => {
      await this.between();
      return publish(staged);
    });
  }
}

async function makeRig() {
  const path = await mkdtemp(join(tmpdir(), 'versioned-files-'));
  const folder = join(path, 'texts');
  const stagingFolder = join(path, 'staging');
  await mkdir(folder);
  await mkdir(stagingFolder);
  const staging = new InterruptedStaging(stagingFolder, systemRandom);
  return {
    folder,
    stagingFolder,
    staging,
    slow: new VersionedFiles(folder, staging),
    fast: new VersionedFiles(folder, new Staging(stagingFolder, systemRandom)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

describe('VersionedFiles', () => {
  it('never lets a slow writer win a version that was passed long ago', async () => {
    await using rig = await makeRig();
    for (const version of [0, 1]) await rig.fast.add('a', version, `text ${version}`);
    rig.staging.between = async () => {
      for (const version of [2, 3, 4]) expect(await rig.fast.add('a', version, `text ${version}`)).toBe(true);
    };
    expect(await rig.slow.add('a', 2, 'too late')).toBe(false);
    expect(await rig.fast.read('a')).toEqual({ version: 5, text: 'text 4' });
    expect(await readdir(rig.stagingFolder)).toEqual([]);
  });

  it('never lets a slow writer create what was created and changed meanwhile', async () => {
    await using rig = await makeRig();
    rig.staging.between = async () => {
      for (const version of [0, 1]) await rig.fast.add('a', version, `text ${version}`);
    };
    expect(await rig.slow.add('a', 0, 'too late')).toBe(false);
    expect(await rig.fast.read('a')).toEqual({ version: 2, text: 'text 1' });
  });

  it('makes the folder again when a sweep takes it away from under a first version', async () => {
    await using rig = await makeRig();
    await mkdir(join(rig.folder, 'a'));
    rig.staging.between = () => rig.fast.removeEmpty('a');
    expect(await rig.slow.add('a', 0, 'first')).toBe(true);
    expect(await rig.fast.read('a')).toEqual({ version: 1, text: 'first' });
  });

  it('does not bring a removed text back', async () => {
    await using rig = await makeRig();
    await rig.fast.add('a', 0, 'first');
    rig.staging.between = () => rig.fast.remove('a');
    expect(await rig.slow.add('a', 1, 'second')).toBe(false);
    expect(await rig.fast.read('a')).toBeUndefined();
    expect(await rig.fast.names()).toEqual([]);
  });

  it('leaves nothing in staging when publishing fails', async () => {
    await using rig = await makeRig();
    rig.staging.between = () => Promise.reject(new Error('disk on fire'));
    await expect(rig.slow.add('a', 0, 'first')).rejects.toThrow('disk on fire');
    expect(await readdir(rig.stagingFolder)).toEqual([]);
  });
});

describe('fileNameOf', () => {
  it.each(['', '.', '..', '/', 'A', 'a/b', '%', '%%', 'job-1_2', '\ud800', 'é', '\u0000'])(
    'gives %j a safe name that reads back',
    (text) => {
      expect(fileNameOf(text)).toMatch(/^[a-z0-9_%-]{1,200}$/);
      expect(textOf(fileNameOf(text))).toBe(text);
    },
  );
});
