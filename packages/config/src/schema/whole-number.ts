import * as z from 'zod';
import type { ConfigCode } from '../problem-codes.ts';

const NOT_A_NUMBER: ConfigCode = 'FR_CONFIG_NOT_A_WHOLE_NUMBER';
const OUT_OF_RANGE: ConfigCode = 'FR_CONFIG_OUT_OF_RANGE';

/**
 * A whole number from `min` to `max`, both included. Digits in quotes will do, because Terraform hands numbers over as strings in
 * some places.
 */
export function wholeNumber(min: number, max: number) {
  return z
    .union([z.int(NOT_A_NUMBER), z.string().regex(/^\d{1,15}$/, NOT_A_NUMBER)], { error: NOT_A_NUMBER })
    .transform(Number)
    .check((context) => {
      if (context.value >= min && context.value <= max) return;
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: OUT_OF_RANGE,
        params: { allowed: `${min} to ${max}` },
        continue: true,
      });
    })
    .meta({ minimum: min, maximum: max });
}
