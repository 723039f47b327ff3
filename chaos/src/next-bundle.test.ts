import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { buildNextManager, NEXT_VERSION } from './next-bundle.ts';

it('the manager of the next version can be built from this one, and says its version', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fgr-next-'));
  try {
    const bundle = join(folder, 'manager.mjs');
    await buildNextManager(bundle);
    const { stdout } = await promisify(execFile)(process.execPath, [bundle, '--version']);
    expect(stdout).toContain(NEXT_VERSION);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
