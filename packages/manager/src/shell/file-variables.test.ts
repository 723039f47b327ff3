// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are GitLab's references, not ours
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheLink } from './cache/cache-links.ts';
import { buildDirectories } from './directories.ts';
import type { StageName } from './stage-plan.ts';
import { aJob, SHELLS, WorkerRig } from './worker-rig.contract.ts';

const STAGES: readonly StageName[] = [
  'prepare_script',
  'get_sources',
  'clear_worktree',
  'restore_cache',
  'download_artifacts',
  'step_script',
  'step_release',
  'after_script',
  'archive_cache',
  'archive_cache_on_failure',
  'upload_artifacts_on_success',
  'upload_artifacts_on_failure',
  'cleanup_file_variables',
];

/** Those that have the job's variables, and so write its files. */
const EXPORTING = new Set(STAGES.filter((stage) => !['prepare_script', 'clear_worktree', 'cleanup_file_variables'].includes(stage)));

/** A link for every key. */
class AnyLink extends Map<string, CacheLink> {
  override get(): CacheLink {
    return { url: 'https://s3.invalid/object', headers: [] };
  }
}

const HOW = { cacheLinks: { kind: 'links', links: new AnyLink() } } as const;
const RELAY = { kind: 'relay', missing: ['curl'] } as const;
const RELAYED = { ...HOW, artifactWays: { upload: RELAY, download: RELAY, canUnzip: false, shimFolder: '/shim' } };

const file = (value: string) => ({ key: 'SECRET_FILE', value, file: true, masked: true });

/** Text with references to the file variable, as authors write them and as they do not. */
const text = fc
  .array(
    fc.constantFrom(
      '$SECRET_FILE',
      '${SECRET_FILE}',
      '${SECRET_FILE:-x}',
      '${SECRET_FILE-x}',
      '$$SECRET_FILE',
      '$OTHER',
      'a',
      '/',
      '*',
      '}',
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(''));

/** A job that refers to the file variable wherever it can. */
const job = fc.record({ one: text, two: text, three: text }).map(({ one, two, three }) => ({
  variables: [
    { key: 'OTHER', value: one },
    { key: 'CACHE_FALLBACK_KEY', value: three },
  ],
  steps: ['script', 'release', 'after_script'].map((name) => ({ name, script: [one, `echo ${two}`] })),
  artifacts: [{ name: one, paths: [one, two, `${three}/x`], exclude: [three], untracked: true, when: 'always' }],
  cache: [
    { key: two, paths: [one, three], fallback_keys: [one], policy: 'pull-push', when: 'always' },
    { key: 'k', paths: ['x'], policy: three },
  ],
}));

describe('the content of a file variable', () => {
  it('stands nowhere in a script but where its file is written, whatever refers to it', async () => {
    await using rig = await WorkerRig.start(SHELLS[0]);
    fc.assert(
      fc.property(job, fc.stringMatching(/^CONTENT[A-Z0-9]{12}$/), (wishes, content) => {
        const variables = [...wishes.variables, file(content)];
        for (const stage of STAGES) {
          for (const how of [HOW, RELAYED]) {
            const script = rig.script({ ...wishes, variables }, stage, how);
            const written = script.split(`'\\''%s'\\'' '\\''${content}'\\'' > '\\''`);
            expect(written.length, stage).toBe(EXPORTING.has(stage) ? 2 : 1);
            expect(written.join(''), stage).not.toContain(content);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('stands in no directory of a job that refers to it, nor in what is said of that', () => {
    fc.assert(
      fc.property(text, (written) => {
        const payload = aJob({ variables: [file('CONTENT'), { key: 'GIT_CLONE_PATH', value: `$CI_BUILDS_DIR/x${written}` }] });
        const said = () => {
          try {
            return buildDirectories('/builds', payload).projectDir;
          } catch (error) {
            return String(error);
          }
        };
        expect(said()).not.toContain('CONTENT');
      }),
    );
  });

  it('is not printed for a path of artifacts that refers to it, nor put into their name', async () => {
    await using rig = await WorkerRig.start(SHELLS[0]);
    await mkdir(join(rig.builds, 'group/project'), { recursive: true });
    const artifacts = [{ name: '$SECRET_FILE', paths: ['$SECRET_FILE', 'out/$SECRET_FILE'] }];
    const { output } = await rig.stages({ variables: [file('the content')], artifacts }, ['upload_artifacts_on_success']);
    expect(output).toMatch(/WARNING: .*project\.tmp\/SECRET_FILE: not a path in the project directory, left out/);
    expect(output).toMatch(/WARNING: out\/.*project\.tmp\/SECRET_FILE: no matching files/);
    expect(output).not.toContain('the content');
  });

  it('is not put into the commands of a release, which get its path as all others do', async () => {
    await using rig = await WorkerRig.start(SHELLS[0]);
    const steps = [{ name: 'release', script: ['release-cli --token-file $SECRET_FILE --name "$NAME"'] }];
    const script = rig.script({ variables: [file('the content; rm -r /'), { key: 'NAME', value: 'v1' }], steps }, 'step_release');
    expect(script).toMatch(/\$ release-cli --token-file \/.*\/project\.tmp\/SECRET_FILE --name "v1"/);
    expect(script.match(/the content/g)).toHaveLength(1);
  });
});
