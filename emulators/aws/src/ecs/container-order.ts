import { type Fields, FieldError } from '../json-fields.ts';
import type { ContainerDependency } from '../worker/process-host.ts';
import { EcsError } from './ecs-error.ts';

/** Reads `dependsOn` of a container. HEALTHY needs health checks, which the emulator does not run: it is refused. */
export function dependenciesOf(fields: Fields): ContainerDependency[] {
  return fields.objects('dependsOn').map((item) => {
    const condition = item.optionalOneOf('condition', ['START', 'COMPLETE', 'SUCCESS']);
    if (!condition) throw new FieldError('dependsOn.condition', 'START, COMPLETE or SUCCESS (the emulator runs no health checks)');
    return { container: item.string('containerName'), condition };
  });
}

/** Refuses what RegisterTaskDefinition refuses: a dependency on a container that isn't there, and circles. */
export function checkContainerOrder(
  containers: readonly { readonly name: string; readonly dependsOn: readonly ContainerDependency[] }[],
): void {
  const needs = new Map(containers.map(({ name, dependsOn }) => [name, dependsOn.map(({ container }) => container)]));
  const visit = (name: string, above: readonly string[]): void => {
    const needed = needs.get(name);
    if (!needed) throw new EcsError('ClientException', `Container '${name}', which another one depends on, is not in the task definition.`);
    if (above.includes(name)) throw new EcsError('ClientException', `Containers depend on each other: ${[...above, name].join(', ')}.`);
    for (const each of needed) visit(each, [...above, name]);
  };
  for (const { name } of containers) visit(name, []);
}
