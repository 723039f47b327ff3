import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TERRAFORM, TerraformScratch } from '@fargate-gitlab-runner/testkit';
import { describe, expect, it } from 'vitest';
import { type HclBlock, parseHcl, variablesOf } from './hcl.ts';

/**
 * The samples for Terragrunt. Terragrunt itself is not run: its files are read as HCL, and references to the environment and to
 * dependencies are put in here, which is all that the samples use of it.
 */
const folder = fileURLToPath(new URL('../../../environments/terragrunt/', import.meta.url));
const GUIDE = fileURLToPath(new URL('../../../docs/how-to/deploy-with-terraform.md', import.meta.url));
const SAMPLES = ['sample-dev', 'sample-prd'];
const UNITS = ['ecs-cluster-for-managers', 'ecs-cluster-for-workers', 'ecs-fargate-gitlab-runner-service'];
const units = SAMPLES.flatMap((sample) => UNITS.map((unit) => ({ sample, unit, path: join(folder, sample, unit) })));

interface Unit {
  readonly module: string;
  readonly inputs: HclBlock;
}

/** A unit as Terragrunt would hand it to Terraform. */
async function unitAt(path: string): Promise<Unit> {
  const own = await parseHcl(join(path, 'terragrunt.hcl'));
  const common = await parseHcl(join(folder, 'terragrunt.hcl'));
  const env = (await parseHcl(join(path, '../env_inputs.hcl'))).locals?.[0] ?? {};
  const known = new Map(Object.entries(env).map(([name, value]) => [`local.env.${name}`, value]));
  for (const [name, value] of Object.entries(own.locals?.[0] ?? {})) if (name !== 'env') known.set(`local.${name}`, filled(value, known));
  for (const [name, [dependency]] of Object.entries(own.dependency ?? {}))
    for (const [output, value] of Object.entries(dependency?.mock_outputs ?? {})) known.set(`dependency.${name}.outputs.${output}`, value);
  expect(common.inputs, 'what the common file adds').toMatch(/^\$\{merge\(local\.env,/);
  const inputs: HclBlock = JSON.parse(filled(JSON.stringify(own.inputs), known));
  const source = own.terraform?.[0]?.source ?? '';
  return { module: join(path, source.replace('//', '/')), inputs: { ...env, environment: env.env, ...inputs } };
}

function filled(text: string, known: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{([\w.]+)\}/g, (_, reference: string) => {
    const value = known.get(reference);
    if (value === undefined) throw new Error(`${reference} is not known`);
    return value;
  });
}

describe('the samples for Terragrunt', () => {
  it('keep what is common in one file: state with a lock, the provider, regional tokens', async () => {
    const common = await parseHcl(join(folder, 'terragrunt.hcl'));
    expect(common.remote_state?.[0]?.backend).toBe('s3');
    expect(common.remote_state?.[0]?.config).toMatchObject({ encrypt: true, dynamodb_table: expect.stringContaining('-lock') });
    expect(common.generate?.provider?.[0]?.contents).toMatch(/provider "aws"[\s\S]*default_tags/);
  });

  it.each(units)('$sample/$unit includes it, has a module, and gives the module all that it needs', async ({ path }) => {
    const own = await parseHcl(join(path, 'terragrunt.hcl'));
    expect(own.include?.root?.[0]?.path).toContain('find_in_parent_folders');
    for (const [dependency] of Object.values(own.dependency ?? {}))
      expect(existsSync(join(path, dependency?.config_path ?? '', 'terragrunt.hcl'))).toBe(true);
    const { module, inputs } = await unitAt(path);
    const variables = await variablesOf(module);
    const needed = Object.entries(variables).filter(([, [block]]) => !('default' in (block ?? {})));
    for (const [name] of needed) expect(inputs, name).toHaveProperty(name);
    for (const name of Object.keys(own.inputs ?? {})) expect(variables, name).toHaveProperty(name);
  });

  it('name the outputs of the cluster module in their mocks', async () => {
    const service = await parseHcl(join(folder, 'sample-dev/ecs-fargate-gitlab-runner-service/terragrunt.hcl'));
    const mocked = Object.values(service.dependency ?? {}).flatMap(([dependency]) => Object.keys(dependency?.mock_outputs ?? {}));
    const outputs = (await parseHcl(fileURLToPath(new URL('../modules/ecs-fargate-cluster/outputs.tf', import.meta.url)))).output ?? {};
    for (const name of mocked) expect(outputs).toHaveProperty(name);
  });
});

describe.skipIf(TERRAFORM === undefined)('the samples for Terragrunt, with Terraform', { timeout: 120_000 }, () => {
  it('plan without a fault, as does the sample in the guide, clusters and service in one go', async () => {
    await using scratch = await TerraformScratch.open();
    await scratch.copy(fileURLToPath(new URL('../modules', import.meta.url)), 'modules');
    const modules = await Promise.all(
      units.map(async ({ sample, unit, path }) => {
        const { module, inputs } = await unitAt(path);
        const variables = await variablesOf(module);
        const declared = Object.entries(inputs).filter(([name]) => name in variables);
        return [`${sample}_${unit}`, { source: `../modules/${basename(module)}`, ...Object.fromEntries(declared) }] as const;
      }),
    );
    await scratch.write('root/main.tf.json', JSON.stringify({ module: Object.fromEntries(modules) }));
    const [, guide = ''] = /```hcl\n([\s\S]*?)```/.exec(await readFile(GUIDE, 'utf8')) ?? [];
    await scratch.write('root/guide.tf', guide.replaceAll('./infra/terraform/modules', '../modules'));
    await scratch.run('root', 'init', '-no-color');
    const { code, text } = await scratch.run('root', 'plan', '-no-color');
    expect(text).toMatch(/Plan: \d+ to add/);
    expect(text).toContain('module.gitlab_runner.aws_ecs_service.manager');
    expect(code).toBe(0);
  });

  it('are formatted as terraform fmt has it', async () => {
    await using scratch = await TerraformScratch.open();
    const files = [
      ...units.map(({ path }) => join(path, 'terragrunt.hcl')),
      ...SAMPLES.map((sample) => join(folder, sample, 'env_inputs.hcl')),
    ];
    await mkdir(join(scratch.folder, 'as-tf'));
    for (const [at, file] of [...files, join(folder, 'terragrunt.hcl')].entries())
      await copyFile(file, join(scratch.folder, `as-tf/${at}.tf`));
    expect((await scratch.run('as-tf', 'fmt', '-check', '-diff', '-no-color')).text).toBe('');
  });
});
