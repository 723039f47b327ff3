import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';

const guide = fileURLToPath(new URL('../../../docs/how-to/deploy-with-cdk.md', import.meta.url));
const folder = fileURLToPath(new URL('../.tmp/', import.meta.url));

it('the app of the guide can be synthesised as it stands there, and nothing is odd about it', async () => {
  process.env.CDK_VALIDATION = 'false';
  const [, code = ''] = /```ts\n(import [\s\S]*?)```/.exec(readFileSync(guide, 'utf8')) ?? [];
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(
      `${folder}guide.ts`,
      code.replace(/^const stack/m, 'export const stack').replace(/^new RunnerService/m, 'export const service = new RunnerService'),
    );
    const { stack, service }: { stack: unknown; service: { warnings: unknown } } = await import(`${folder}guide.ts`);
    if (!(stack instanceof Stack)) throw new Error('the guide makes no stack');
    expect(service.warnings).toEqual([]);
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::ECS::Service', { ServiceName: 'shop-dev-gitlab-runner' });
    const [made] = Object.values(template.findResources('AWS::ECS::Service'));
    for (const type of ['AWS::ECS::Cluster', 'AWS::EC2::Route', 'AWS::EC2::VPCEndpoint', 'AWS::EC2::SecurityGroupEgress'])
      expect(made?.DependsOn).toEqual(expect.arrayContaining(Object.keys(template.findResources(type))));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
