import { CodedError } from '@fargate-gitlab-runner/kernel';
import type { Context } from 'hono';
import type { Shape } from '../wire/shape.ts';

/** Reads the body of a control call; no body counts as `{}`. Throws `FR_GITLAB_EMULATOR_BAD_JSON`. */
export async function controlBody<T>(c: Context, shape: Shape<T>): Promise<T> {
  const raw = await c.req.text();
  return shape.read(raw === '' ? {} : parsed(raw), 'body');
}

function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw);
  } catch (cause) {
    throw new CodedError(
      { code: 'FR_GITLAB_EMULATOR_BAD_JSON', at: 'body', what: 'the emulator got something that is not JSON', given: raw.slice(0, 200) },
      { cause },
    );
  }
}
