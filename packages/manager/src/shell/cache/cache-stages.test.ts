import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordingServer } from '../../coordinator/recording-server.test-double.ts';
import { SHELLS } from '../worker-rig.contract.ts';
import { CachedWorker, CacheRig } from './cache-rig.contract.ts';

let rig: CacheRig;
beforeAll(async () => {
  rig = await CacheRig.start();
});
afterAll(() => rig[Symbol.asyncDispose]());

/** Without colours. */
function plain(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  return output.replaceAll(/\x1b\[[\d;]*m/g, '');
}

describe.each(SHELLS)('the cache under $name', (shell) => {
  it('brings back what was saved: content, times, modes, links, empty folders, names with anything in them', async () => {
    const cache = { paths: ['deps/', 'single file', 'nothing'], key: `all/${shell.name}` };
    const make = [
      'mkdir -p deps/empty deps/sub; umask 022',
      `printf '%s' content > 'deps/it'"'"'s "odd" \\back\\n é ✓ [x] * -f'; : > deps/-zero; : > 'single file'; ln deps/-zero deps/hard`,
      'echo run > deps/sub/tool; chmod 755 deps/sub/tool; touch -d @1000000000 deps/sub/tool; ln -s ../-zero deps/sub/link; ln -s /nowhere/out deps/out',
      'chmod 555 deps/empty',
    ].join('\n');
    const look = `find . | LC_ALL=C sort; cat deps/it*; stat -c '%a %Y' deps/sub/tool deps/empty | sed '2s/ .*//'; readlink deps/sub/link; readlink deps/out; stat -c %h deps/hard`;
    await using first = await CachedWorker.start(shell, rig);
    await first.run(make);
    const saved = await first.save(cache);
    expect([saved.code, plain(saved.output)]).toEqual([0, expect.stringMatching(/^Creating cache all\/\w+\.\.\.\n.*\nCreated cache\n$/s)]);
    expect(plain(saved.output)).toContain('deps/: found 9 matching artifact files and directories\n');
    expect(plain(saved.output)).toContain('WARNING: nothing: no matching files. Ensure that the artifact path is relative');
    await using second = await CachedWorker.start(shell, rig);
    const restored = await second.restore(cache);
    expect([restored.code, plain(restored.output)]).toEqual([
      0,
      expect.stringMatching(
        /^Checking cache for all\/\w+\.\.\.\nDownloading cache from http:.*\/cache\/project\/7\/all\/\w+\nSuccessfully extracted cache\n$/,
      ),
    ]);
    expect((await second.run(look)).output).toBe((await first.run(look)).output);
  });

  it('55. tries the keys in order until one is there, and refuses a protected one of CACHE_FALLBACK_KEY', async () => {
    await using worker = await CachedWorker.start(shell, rig, { 'd/f': 'of the fallback' });
    await worker.save({ key: `${shell.name}-second`, paths: ['d'] });
    await worker.run('rm -r d');
    const cache = { key: `${shell.name}-own`, paths: ['d'], fallback_keys: [`${shell.name}-first`, `${shell.name}-second`, 'never'] };
    const variables = [{ key: 'CACHE_FALLBACK_KEY', value: 'main-protected .' }];
    const { code, output } = await worker.restore(cache, { wishes: { variables } });
    expect([code, await worker.read('d/f')]).toEqual([0, 'of the fallback']);
    expect(plain(output).match(/Checking cache for \S+|WARNING: .*|Success.*/g)).toEqual([
      'WARNING: CACHE_FALLBACK_KEY "main-protected ." not allowed to end in "-protected"',
      `Checking cache for ${shell.name}-own...`,
      'WARNING: file does not exist',
      'WARNING: Failed to extract cache',
      `Checking cache for ${shell.name}-first...`,
      'WARNING: file does not exist',
      'WARNING: Failed to extract cache',
      `Checking cache for ${shell.name}-second...`,
      'Successfully extracted cache',
    ]);
  });

  it('56. pull never uploads, push never downloads, a variable may say which, and what is neither fails', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    const key = `${shell.name}-policy`;
    const variables = [{ key: 'POLICY', value: 'pull' }];
    const pull = await worker.save({ key, paths: ['f'], policy: '$POLICY' }, { wishes: { variables } });
    const push = await worker.restore({ key, paths: ['f'], policy: 'push' });
    expect([plain(pull.output), plain(push.output)]).toEqual([
      `Not uploading cache ${key} due to policy\n`,
      `Not downloading cache ${key} due to policy\n`,
    ]);
    expect((await rig.keys()).includes(key)).toBe(false);
    const bad = await worker.restore({ key, paths: ['f'], policy: 'both' });
    expect([bad.code, plain(bad.output)]).toEqual([1, 'ERROR: cache policy "both" is unknown; pull, push and pull-push are known\n']);
  });

  it('57. no trouble with S3 fails the job: it is said, and the job goes on', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    const cache = { key: `${shell.name}-trouble`, paths: ['f'] };
    const away = { cacheLinks: await rig.links('read', [cache.key], rig.store({ endpoint: 'http://127.0.0.1:9' })) };
    const nowhere = { cacheLinks: await rig.links('write', [cache.key], rig.store({ bucket: 'no-such-bucket' })) };
    const without = { cacheLinks: { kind: 'none' as const } };
    const unreachable = { cacheLinks: { kind: 'unreachable' as const, cause: 'no credentials' } };
    const runs = [
      await worker.restore(cache, away),
      await worker.save(cache, nowhere),
      await worker.restore(cache, without),
      await worker.save(cache, without),
      await worker.save(cache, unreachable),
    ];
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const [first = '', second = '', third = '', fourth = '', fifth = ''] = runs.map(({ output }) => plain(output));
    expect(first).toMatch(/^WARNING: the cache can not be had: curl: \(7\).*\nWARNING: Failed to extract cache\n$/m);
    expect(second).toMatch(/^WARNING: the cache can not be stored: 404 NoSuchBucket: .*\nWARNING: Failed to create cache\n$/m);
    expect(third).toMatch(
      /^No URL provided, cache will not be downloaded from shared cache server\. .*\nWARNING: Failed to extract cache\n$/m,
    );
    expect(fourth).toMatch(/^No URL provided, cache will not be uploaded to shared cache server\. .*\n$/m);
    expect(fifth).toContain('WARNING: the cache can not be reached: no credentials\n');
  });

  it('57. an archive that is cut, foreign or empty leaves the project as it is', async () => {
    await using worker = await CachedWorker.start(shell, rig, { 'd/f': 'new', 'd/g': 'x'.repeat(100_000) });
    const key = `${shell.name}-broken`;
    for (const format of ['tar', 'zip']) {
      await worker.save({ key, paths: ['d'] }, { wishes: { variables: [{ key: 'CACHE_COMPRESSION_FORMAT', value: format }] } });
      const whole = await rig.get(key);
      await worker.write('d/f', 'old');
      for (const broken of [whole.subarray(0, whole.length - 9), Buffer.from('<html>'), Buffer.alloc(0), whole.subarray(0, 4)]) {
        await rig.put(key, broken);
        const { code, output } = await worker.restore({ key, paths: ['d'] });
        expect([code, plain(output)]).toEqual([
          0,
          expect.stringMatching(/WARNING: the archive is broken.*\nWARNING: Failed to extract cache\n$/),
        ]);
      }
      expect(await worker.read('d/f')).toBe('old');
    }
  });

  it('is replaced where it lies: files over files, folders into folders, and nothing through a link', async () => {
    await using worker = await CachedWorker.start(shell, rig, {
      'd/sub/f': 'saved',
      'd/other/f': 'saved',
      'd/.hidden': 'saved',
      e: 'saved',
    });
    const key = `${shell.name}-merge`;
    await worker.save({ key, paths: ['d', 'e'] });
    const outside = `${worker.folder}/outside`;
    await worker.run(
      `rm -r d/other e; mkdir '${outside}' e; echo old > '${outside}/f'; ln -s '${outside}' d/other; echo mine > d/sub/mine; echo old > d/sub/f`,
    );
    expect((await worker.restore({ key, paths: ['d', 'e'] })).code).toBe(0);
    expect(
      (await worker.run(`cat '${outside}/f' d/sub/f d/sub/mine d/other/f d/.hidden e; test -d d/other && test ! -L d/other`)).output,
    ).toBe('old\nsavedmine\nsavedsavedsaved');
  });

  it('puts a folder where the project has a file, and a file where it has a folder', async () => {
    await using worker = await CachedWorker.start(shell, rig, { 'd/f': 'saved', 'e/sub/f': 'saved', g: 'saved' });
    const cache = { key: `${shell.name}-kinds`, paths: ['d', 'e', 'g'] };
    await worker.save(cache);
    await worker.run('rm -r d e/sub g; echo file > d; echo file > e/sub; mkdir g; echo file > g/f');
    const { code, output } = await worker.restore(cache);
    expect([code, plain(output)]).toEqual([0, expect.stringContaining('Successfully extracted cache\n')]);
    expect((await worker.run('cat d/f e/sub/f g')).output).toBe('savedsavedsaved');
  });

  it('says why there is no archive, also where zip left none', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    const bin = `${worker.folder}/bin`;
    const zip = "#!/bin/sh\necho 'zip I/O error: Input/output error' >&2; exit 14\n";
    await worker.run(`mkdir '${bin}'; printf '%s' "${zip}" > '${bin}/zip'; chmod +x '${bin}/zip'`);
    const variables = [{ key: 'CACHE_COMPRESSION_FORMAT', value: 'zip' }];
    const cache = { key: `${shell.name}-no-zip`, paths: ['f'] };
    const { code, output } = await worker.save(cache, { wishes: { variables }, env: { PATH: `${bin}:${process.env.PATH}` } });
    expect([code, plain(output)]).toEqual([
      0,
      expect.stringMatching(
        /\nWARNING: the archive can not be made: zip I\/O error: Input\/output error ?\nWARNING: Failed to create cache\n$/,
      ),
    ]);
  });

  it('is not stored again when the job changed nothing of it, and is when it did', async () => {
    await using worker = await CachedWorker.start(shell, rig, { 'd/f': 'one', e1: 'two', e2: 'three' });
    const cache = { key: `${shell.name}-again`, paths: ['d', 'e*'] };
    await worker.save(cache);
    const canTell = (await worker.run('find . -maxdepth 0 -cnewer .')).code === 0;
    const changes: readonly (readonly [string, RegExp])[] = [
      [':', canTell ? /^Archive is up to date!\nCreated cache$/m : /^Uploading cache\.zip to /m],
      ['echo three > d/f', /^Uploading cache\.zip to /m],
      ['rm e2', /^Uploading cache\.zip to /m],
      ['echo new > d/h', /^Uploading cache\.zip to /m],
    ];
    for (const [change, expected] of changes) {
      await worker.run('rm -rf d e* ../project.tmp');
      await worker.restore(cache);
      await worker.run(`sleep 0.02; ${change}`);
      expect(plain((await worker.save(cache)).output)).toMatch(expected);
    }
  });

  it('keeps untracked files, and says when there is nothing to keep', async () => {
    await using worker = await CachedWorker.start(shell, rig, { tracked: 'x', '.gitignore': 'ignored\n' });
    await worker.run('git init -q . && git add . && echo y > ignored && echo z > new');
    const key = `${shell.name}-untracked`;
    expect(plain((await worker.save({ key, untracked: true })).output)).toContain('untracked: found 2 files\n');
    await worker.run('rm ignored new tracked');
    await worker.restore({ key, untracked: true });
    expect([await worker.read('ignored'), await worker.read('new'), await worker.read('tracked')]).toEqual(['y\n', 'z\n', undefined]);
    expect(plain((await worker.save({ key: 'void', paths: ['void'] })).output)).toMatch(/WARNING: No files to cache\n$/);
  });

  it('keeps the link out of sight: of the trace, of command lines, of files', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    const spy = `${worker.folder}/bin`;
    await worker.run(
      `mkdir '${spy}'; printf '#!/bin/sh\\necho "$@" >> "${worker.folder}/seen"; exec /usr/bin/curl "$@"\\n' > '${spy}/curl'; chmod +x '${spy}/curl'`,
    );
    const variables = [{ key: 'CI_DEBUG_TRACE', value: 'true' }];
    const env = { PATH: `${spy}:${process.env.PATH}` };
    const cache = { key: `${shell.name}-secret`, paths: ['f'] };
    const runs = [await worker.save(cache, { wishes: { variables }, env }), await worker.restore(cache, { wishes: { variables }, env })];
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const seen = await worker.run(`cat '${worker.folder}/seen'; grep -r Amz . ../project.tmp || true`);
    expect(seen.output.trim().split('\n')).toHaveLength(2);
    for (const text of [...runs.map(({ output }) => output), seen.output]) expect(text).not.toMatch(/X-Amz-Signature/i);
  });

  it('tries three times while the store answers 429', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    await using server = await RecordingServer.open({ status: 429 });
    // Where sleep is a program, nobody waits.
    const bin = `${worker.folder}/bin`;
    await worker.run(`mkdir '${bin}'; printf '#!/bin/sh\\n' > '${bin}/sleep'; chmod +x '${bin}/sleep'`);
    const cache = { key: `${shell.name}-busy`, paths: ['f'] };
    const cacheLinks = { kind: 'links' as const, links: new Map([[cache.key, { url: server.url, headers: [] }]]) };
    const { code, output } = await worker.save(cache, { cacheLinks, env: { PATH: `${bin}:${process.env.PATH}` } });
    expect([code, server.calls.map(({ method }) => method)], output).toEqual([0, ['PUT', 'PUT', 'PUT']]);
  });

  it('says what the worker lacks, and goes on', async () => {
    await using worker = await CachedWorker.start(shell, rig, { f: 'x' });
    const bin = `${worker.folder}/few`;
    const few = 'cat mkdir rm sed awk od tr tail head sort grep find wc mv cmp xargs git tar gzip';
    await worker.run(`mkdir '${bin}'; for p in ${few}; do ln -s "$(command -v $p)" '${bin}/'; done`);
    const variables = [{ key: 'PATH', value: bin }];
    const cache = { key: `${shell.name}-lacking`, paths: ['f'] };
    const runs = [await worker.save(cache, { wishes: { variables } }), await worker.restore(cache, { wishes: { variables } })];
    for (const { code, output } of runs) {
      expect([code, plain(output)]).toEqual([
        0,
        expect.stringContaining(
          'WARNING: curl is not installed in the worker: the cache needs it. Install it in the image of the worker.\n',
        ),
      ]);
    }
  });
});

describe('an archive that is too large', () => {
  it('is not sent, and the job is told why: by the limit of the job, or that of S3', async () => {
    await using worker = await CachedWorker.start(SHELLS[0], rig, { f: 'x'.repeat(3000) });
    const bin = `${worker.folder}/bin`;
    await worker.run(
      `mkdir '${bin}'; printf '#!/bin/sh\\ncat > /dev/null; truncate -s 5368709121 /dev/stdout\\n' > '${bin}/zstd'; chmod +x '${bin}/zstd'`,
    );
    const cache = { key: 'too-large', paths: ['f'] };
    const variables = [{ key: 'CACHE_MAX_UPLOADED_ARCHIVE_SIZE', value: '20' }];
    const small = await worker.save(cache, { wishes: { variables } });
    const large = await worker.save(cache, { env: { PATH: `${bin}:${process.env.PATH}` } });
    expect([small.code, plain(small.output)]).toEqual([
      0,
      expect.stringMatching(
        /^WARNING: the cache is not saved: its archive has \d+ bytes, and CACHE_MAX_UPLOADED_ARCHIVE_SIZE is 20\nWARNING: Failed to create cache\n$/m,
      ),
    ]);
    expect([large.code, plain(large.output)]).toEqual([
      0,
      expect.stringContaining(
        'WARNING: the cache is not saved: its archive has 5368709121 bytes, and S3 takes at most 5 GiB (5368709120 bytes) at once. ',
      ),
    ]);
    expect(await rig.keys()).not.toContain('too-large');
  });
});
