import { fileURLToPath } from 'node:url';
import { TerraformScratch } from '@fargate-gitlab-runner/testkit';

const MODULES = fileURLToPath(new URL('../modules', import.meta.url));
/** The module of this project that users call. */
export const MODULE = 'modules/ecs-fargate-gitlab-runner-service';

/** The values of one resource, as `terraform show -json` has them. */
export type ResourceValues = Readonly<Record<string, unknown>>;

/** The module, initialised in a scratch folder. */
export async function initialisedModule(): Promise<TerraformScratch> {
  const scratch = await TerraformScratch.open();
  await scratch.copy(MODULES, 'modules');
  const { code, text } = await scratch.run(MODULE, 'init', '-no-color');
  if (code !== 0) throw new Error(text);
  return scratch;
}

/** What there is after an apply, by address, and what Terraform said of it. */
interface AppliedModule {
  readonly resources: ReadonlyMap<string, ResourceValues>;
  readonly text: string;
}

/** Applies inputs. */
export async function appliedModule(scratch: TerraformScratch, inputs: object): Promise<AppliedModule> {
  await scratch.write(`${MODULE}/terraform.tfvars.json`, JSON.stringify(inputs));
  const { code, text } = await scratch.run(MODULE, 'apply', '-auto-approve', '-no-color');
  if (code !== 0) throw new Error(text);
  const shown = await scratch.run(MODULE, 'show', '-json');
  const { values }: { values: { root_module: { resources: { address: string; values: ResourceValues }[] } } } = JSON.parse(shown.stdout);
  return { resources: new Map(values.root_module.resources.map((resource) => [resource.address, resource.values])), text };
}
