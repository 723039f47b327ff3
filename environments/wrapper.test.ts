import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { environmentOf } from './common.ts';
import { environments } from './environments.ts';
import { cdkArguments, wrapped } from './wrapper.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** An environment in which nothing is left to fill in but the address of GitLab, which is common to all. */
const filled = environmentOf({
  environment: 'test',
  account: '111122223333',
  region: 'eu-west-1',
  versions: { manager: '0.1.0', worker: '0.1.0' },
  managerInstanceCount: 1,
  network: {
    managerSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
    managerSecurityGroupId: 'sg-0a1b2c3d4e5f60718',
    workerSubnetIds: ['subnet-0a1b2c3d4e5f60719'],
    workerSecurityGroupId: 'sg-0a1b2c3d4e5f60719',
  },
  jobRoleArn: 'arn:aws:iam::111122223333:role/jobs',
  tokenSecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:gitlab-AbCdEf',
});
const ready = { ...filled, service: { ...filled.service, gitlabUrl: 'https://gitlab.example.com' } };
const broken = { ...ready, service: { ...ready.service, gitlabRunnerNamePrefix: 'my prefix', managerCpu: 300 } };

/** What the wrapper did: its exit code, what it said where, and what it handed to the CDK command line, which would exit with 3. */
function wrap(...args: string[]) {
  const said = { stdout: '', stderr: '' };
  const handed: (readonly string[])[] = [];
  const code = wrapped(args, {
    environments: { ...environments, ready, broken },
    cdk: (given) => {
      handed.push(given);
      return 3;
    },
    say: (text, stream) => {
      said[stream] += text;
    },
  });
  return { code, ...said, handed };
}

const command = (verb: string, name: string, ...rest: string[]) => [
  verb,
  '--app',
  `npx tsx --conditions=source app.ts ${name}`,
  '--output',
  `cdk.out/${name}`,
  '--no-notices',
  ...rest,
];

describe('the wrapper of the CDK command line', () => {
  it.each(['synth', 'diff', 'deploy'])(
    'hands %s over with the app of the environment and all its stacks, and passes the exit code on',
    (verb) => {
      expect(wrap(verb, 'ready')).toEqual({ code: 3, stdout: '', stderr: '', handed: [command(verb, 'ready', '--all')] });
    },
  );

  it('passes what follows on: options for all stacks, or stacks by name', () => {
    expect(wrap('diff', 'dev', '--fail').handed).toEqual([command('diff', 'dev', '--all', '--fail')]);
    expect(wrap('deploy', 'ready', '--require-approval', 'never').handed).toEqual([
      command('deploy', 'ready', '--all', '--require-approval', 'never'),
    ]);
    expect(wrap('synth', 'dev', 'example-dev-clusters', '--quiet').handed).toEqual([
      command('synth', 'dev', 'example-dev-clusters', '--quiet'),
    ]);
    expect(wrap('synth', 'dev', '--all').handed).toEqual([command('synth', 'dev', '--all')]);
  });

  const usage = 'usage: npm run synth|diff|deploy|check -- dev|prd|ready|broken [arguments of cdk]';
  it.each([
    ['no environment', ['synth'], usage],
    ['one that is not there', ['synth', 'stage'], `no such environment: stage\n${usage}`],
    ['one that only every object has', ['synth', 'constructor'], `no such environment: constructor\n${usage}`],
    ['another verb', ['destroy', 'dev'], usage],
  ])('says what there is: %s', (_what, args, text) => {
    expect(wrap(...args)).toEqual({ code: 2, stdout: '', stderr: text, handed: [] });
  });

  it('does not deploy placeholders, and names them', () => {
    const { code, stderr, handed } = wrap('deploy', 'dev');
    expect({ code, handed }).toEqual({ code: 1, handed: [] });
    expect(stderr).toMatch(/^dev still has \d+ placeholders:\n/);
    for (const place of ['managerSubnetIds[0]', 'gitlabUrl', 'gitlabTokenSecretArn', 'managersConfigs.dev_small.worker_task_role_arn'])
      expect(stderr).toContain(`\n${place}: this still looks like a placeholder`);
  });

  it('checks without the CDK command line: what is left, or that there is nothing', () => {
    expect(wrap('check', 'ready')).toEqual({ code: 0, stdout: 'ready: no problems', stderr: '', handed: [] });
    const { code, stdout, handed } = wrap('check', 'prd');
    expect({ code, handed }).toEqual({ code: 0, handed: [] });
    expect(stdout).toMatch(/^prd: \d+ to see to\n.*\[FR_CONFIG_PLACEHOLDER\]/);
  });

  it.each(['check', 'synth', 'diff', 'deploy'])(
    'refuses to %s what is wrong, all of it at once, in the words of the environment',
    (verb) => {
      const { code, stderr, handed } = wrap(verb, 'broken');
      expect({ code, handed }).toEqual({ code: 1, handed: [] });
      expect(stderr).toContain('gitlabRunnerNamePrefix: the name prefix has characters');
      expect(stderr).toContain('managerCpu: Fargate has no such size of task');
    },
  );
});

/** The CDK command line itself, where nobody has credentials. */
describe('what the wrapper hands over', { timeout: 180_000 }, () => {
  const output = mkdtempSync(join(tmpdir(), 'fgr-cdk-out-'));
  const env = { PATH: process.env.PATH, HOME: output, AWS_EC2_METADATA_DISABLED: 'true', CDK_DISABLE_CLI_TELEMETRY: 'true', CI: 'true' };
  const cdk = (args: readonly string[]) => spawnSync('npx', ['cdk', ...args], { cwd: folder, env, encoding: 'utf8' });
  const changed = (args: readonly string[], option: string, value: string) =>
    args.map((each, at) => (args[at - 1] === option ? value : each));
  afterAll(() => rmSync(output, { recursive: true }));

  it('is synthesised by it, and not deployed without credentials, which it says', () => {
    const assembly = join(output, 'assembly');
    const synthesised = cdk(changed(cdkArguments('synth', 'dev', ['--quiet']), '--output', assembly));
    expect(synthesised.stderr).not.toMatch(/error/i);
    expect(synthesised.status).toBe(0);
    expect(readdirSync(assembly)).toEqual(
      expect.arrayContaining(['example-dev-clusters.template.json', 'example-dev-gitlab-runner.template.json']),
    );
    const deployed = cdk(changed(cdkArguments('deploy', 'dev', ['--require-approval', 'never']), '--app', assembly));
    expect(deployed.status).toBeGreaterThan(0);
    expect(deployed.stderr).toMatch(/credentials/i);
  });
});
