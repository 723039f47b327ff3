import * as z from 'zod';
import { wholeNumber } from './whole-number.ts';

/** One capacity provider of a worker. Limits: ECS RunTask, capacityProviderStrategy. */
export const capacityItemSchema = z.strictObject({
  provider: z.enum(['FARGATE', 'FARGATE_SPOT'], 'FR_CONFIG_VALUE').meta({ description: 'Capacity provider; the cluster must have it.' }),
  weight: wholeNumber(0, 1000).default(1).meta({ description: 'Share of the workers that it gets.' }),
  base: wholeNumber(0, 100_000).optional().meta({ description: 'Workers that it gets before the shares count.' }),
});
