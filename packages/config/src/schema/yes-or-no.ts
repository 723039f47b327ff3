import * as z from 'zod';
import type { ConfigCode } from '../problem-codes.ts';

const NEITHER: ConfigCode = 'FR_CONFIG_NOT_YES_OR_NO';

/** A boolean; `"true"` and `"false"` in quotes will do, because Terraform hands them over so in some places. */
export function yesOrNo() {
  return z
    .union([z.boolean(), z.enum(['true', 'false'], NEITHER)], { error: NEITHER })
    .transform((value) => value === true || value === 'true');
}
