import { Fields, type JsonObject } from '../json-fields.ts';
import type { Ecs } from './ecs.ts';
import { EcsError, invalidParameter } from './ecs-error.ts';
import { taskDefinitionView } from './task-definition.ts';

const PAGE = 100;

/** RegisterTaskDefinition: the next revision of a family. */
export function registerTaskDefinition(ecs: Ecs, region: string, fields: Fields): JsonObject {
  // The status and the time of a registration are not the caller's to say.
  const { status: _status, registeredAt: _registeredAt, account: _account, ...given } = fields.raw;
  return { taskDefinition: taskDefinitionView(ecs.putTaskDefinition(Fields.of({ ...given, region }))) };
}

/** DeregisterTaskDefinition: wants a revision, not a family alone. */
export function deregisterTaskDefinition(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const name = fields.string('taskDefinition');
  if (!/:\d+$/.test(name)) throw invalidParameter('Task definition must include a revision number.');
  const definition = ecs.findDefinition(region, name);
  if (!definition) throw new EcsError('ClientException', 'The specified task definition does not exist.');
  return { taskDefinition: taskDefinitionView(ecs.deregister(definition)) };
}

/** ListTaskDefinitions: ARNs of active revisions; `familyPrefix` is the whole name of a family, as on ECS. */
export function listTaskDefinitions(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const family = fields.optionalString('familyPrefix');
  const found = ecs.activeDefinitions(region).filter((one) => family === undefined || one.family === family);
  const arns = found.map((one) => one.arn);
  const { items, nextToken } = pageOf(fields.optionalOneOf('sort', ['ASC', 'DESC']) === 'DESC' ? arns.toReversed() : arns, fields);
  return { taskDefinitionArns: items, ...(nextToken !== undefined && { nextToken }) };
}

/** ListTaskDefinitionFamilies: families with an active revision whose names begin with `familyPrefix`. */
export function listTaskDefinitionFamilies(ecs: Ecs, region: string, fields: Fields): JsonObject {
  const prefix = fields.optionalString('familyPrefix') ?? '';
  if (fields.optionalString('status') === 'INACTIVE') throw invalidParameter('The emulator lists ACTIVE families only.');
  const families = [...new Set(ecs.activeDefinitions(region).map((one) => one.family))].filter((family) => family.startsWith(prefix));
  const { items, nextToken } = pageOf(families, fields);
  return { families: items, ...(nextToken !== undefined && { nextToken }) };
}

function pageOf(all: readonly string[], fields: Fields): { items: readonly string[]; nextToken: string | undefined } {
  const size = fields.optionalNumber('maxResults') ?? PAGE;
  if (!Number.isInteger(size) || size < 1 || size > PAGE) throw invalidParameter('maxResults must be between 1 and 100.');
  const token = fields.optionalString('nextToken');
  const from = token === undefined ? 0 : all.indexOf(Buffer.from(token, 'base64url').toString()) + 1;
  if (token !== undefined && from === 0) throw invalidParameter('Invalid token');
  const items = all.slice(from, from + size);
  const last = items.at(-1);
  return { items, nextToken: from + size < all.length && last !== undefined ? Buffer.from(last).toString('base64url') : undefined };
}
