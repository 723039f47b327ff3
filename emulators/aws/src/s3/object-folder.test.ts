import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock, seededRandom } from '@fargate-gitlab-runner/kernel';
import { describe, expect, it } from 'vitest';
import { AwsControl } from '../control/aws-control.ts';
import { startAwsEmulator } from '../server.ts';

describe('a bucket with a folder', () => {
  it('has its objects again after the emulator was started anew, without those that were deleted or never whole', async () => {
    const folder = await mkdtemp(join(tmpdir(), 's3-folder-'));
    const start = () =>
      startAwsEmulator(
        { worker: { kind: 'none' }, s3: { folders: { cache: folder } } },
        { clock: new ManualClock(0), random: seededRandom(1) },
      );
    try {
      const first = await start();
      await new AwsControl(first.url).putS3Object('cache', 'a/é', Buffer.from('one'));
      await new AwsControl(first.url).putS3Object('cache', 'b', Buffer.from('two'));
      await first.close();
      await writeFile(join(folder, 'half.body'), 'never whole');
      await writeFile(join(folder, 'broken.json'), '{');
      const second = await start();
      expect(await new AwsControl(second.url).s3Objects('cache')).toEqual([
        { key: 'a/é', text: 'one' },
        { key: 'b', text: 'two' },
      ]);
      await second.close();
      expect((await readdir(folder)).filter((file) => file.endsWith('.new'))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
