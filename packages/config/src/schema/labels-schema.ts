import * as z from 'zod';
import { patterned } from './patterned.ts';

const MOST_LABELS = 32;

/** Labels of the manager. Limits: GitLab runner API, `info.labels`. */
export const labelsSchema = z
  .record(patterned(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{2,64}$/, 'FR_CONFIG_LABEL'), patterned(/^[a-zA-Z0-9._-]{1,256}$/, 'FR_CONFIG_LABEL'))
  .refine((labels) => Object.keys(labels).length <= MOST_LABELS, { error: 'FR_CONFIG_LABEL' });
