import type { DeployedEnvironment } from './common.ts';
import { dev } from './dev.ts';
import { prd } from './prd.ts';

/** All environments by name. */
export const environments: Readonly<Record<string, DeployedEnvironment>> = { dev, prd };
