import { z } from 'zod';
import type { PlacementRequest } from './fleet.ts';

const runTaskRequest = z.looseObject({
  cluster: z.string(),
  taskDefinition: z.string(),
  count: z.literal(1),
  clientToken: z.string(),
  startedBy: z.string(),
  capacityProviderStrategy: z.array(z.looseObject({ capacityProvider: z.string(), weight: z.number(), base: z.number().exactOptional() })),
  networkConfiguration: z.looseObject({
    awsvpcConfiguration: z.looseObject({
      subnets: z.array(z.string()),
      securityGroups: z.array(z.string()),
      assignPublicIp: z.enum(['ENABLED', 'DISABLED']),
    }),
  }),
  overrides: z.looseObject({
    cpu: z.string().exactOptional(),
    memory: z.string().exactOptional(),
    taskRoleArn: z.string().exactOptional(),
    ephemeralStorage: z.looseObject({ sizeInGiB: z.number() }).exactOptional(),
    containerOverrides: z.array(
      z.looseObject({
        name: z.string(),
        environment: z.array(z.looseObject({ name: z.string(), value: z.string() })).exactOptional(),
        command: z.array(z.string()).exactOptional(),
      }),
    ),
  }),
  tags: z.array(z.looseObject({ key: z.string(), value: z.string() })),
  enableECSManagedTags: z.boolean(),
});

const placementRequest = z.looseObject({ id: z.string(), region: z.string(), runTask: runTaskRequest });

/** A placement as its record keeps it: JSON text. */
export function storePlacement(placement: PlacementRequest): string {
  return JSON.stringify(placement);
}

/**
 * A placement from its record, ready to be replayed word for word; fields that this version doesn't know stay in it. Throws when the text
 * isn't a placement, which only a damaged record can make happen.
 */
export function readPlacement(text: string): PlacementRequest {
  return placementRequest.parse(JSON.parse(text));
}
