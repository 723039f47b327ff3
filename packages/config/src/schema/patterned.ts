import * as z from 'zod';
import type { ConfigCode } from '../problem-codes.ts';

/** A string that matches `pattern`, or is a problem of this code. */
export function patterned(pattern: RegExp, code: ConfigCode) {
  return z.string().regex(pattern, code);
}
