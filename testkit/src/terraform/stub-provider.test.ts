import { describe, expect, it } from 'vitest';
import { TERRAFORM, TerraformScratch } from './terraform.ts';

const VERSIONS = 'terraform {\n  required_providers {\n    aws = {\n      source = "hashicorp/aws"\n    }\n  }\n}\n';
const ROLE = (name: string, more = '') =>
  `resource "aws_iam_role" "this" {\n  name = "${name}"\n  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })\n${more}}\noutput "arn" {\n  value = aws_iam_role.this.arn\n}\n`;

describe.skipIf(TERRAFORM === undefined)('Terraform with the stub AWS provider', { timeout: 120_000 }, () => {
  it('plans, applies, and finds nothing left to change', async () => {
    await using scratch = await TerraformScratch.open();
    await scratch.write('root/main.tf', `${VERSIONS}${ROLE('jobs')}`);
    expect(await scratch.run('root', 'init', '-no-color')).toMatchObject({ code: 0 });
    const plan = await scratch.run('root', 'plan', '-no-color');
    expect(plan.text).toMatch(/\+ arn\s+= \(known after apply\)[\s\S]*Plan: 1 to add, 0 to change, 0 to destroy/);
    expect((await scratch.run('root', 'apply', '-auto-approve', '-no-color')).text).toContain('arn:aws:iam::111122223333:role/jobs');
    expect((await scratch.run('root', 'plan', '-no-color', '-detailed-exitcode')).text).toContain('No changes.');
    expect((await scratch.run('root', 'destroy', '-auto-approve', '-no-color')).text).toContain('1 destroyed');
  });

  it('refuses what the real provider refuses', async () => {
    await using scratch = await TerraformScratch.open();
    await scratch.write('root/main.tf', `${VERSIONS}${ROLE('a name with spaces', '  permissions_boundary = ""\n  nonsense = 1\n')}`);
    await scratch.run('root', 'init', '-no-color');
    expect((await scratch.run('root', 'validate', '-no-color')).text).toContain('An argument named "nonsense" is not expected here');
    await scratch.write('root/main.tf', `${VERSIONS}${ROLE('a name with spaces', '  permissions_boundary = ""\n')}`);
    const { code, text } = await scratch.run('root', 'validate', '-no-color');
    expect(code).toBe(1);
    expect(text).toMatch(/name: "a name with spaces" does not match[\s\S]*permissions_boundary: "" does not match/);
  });
});
