import type { JsonObject } from '../json-fields.ts';

/**
 * An answer of ECS that is an error: `__type` and `message` of AWS JSON 1.1, status 400 unless said otherwise (500 for the
 * server's own faults). `extra` holds further members, as ConflictException's `resourceIds`.
 */
export class EcsError extends Error {
  readonly type: string;
  readonly status: number;
  readonly extra: JsonObject;

  constructor(type: string, message: string, options: { readonly status?: number; readonly extra?: JsonObject } = {}) {
    super(message);
    this.name = 'EcsError';
    this.type = type;
    this.status = options.status ?? (type === 'ServerException' ? 500 : 400);
    this.extra = options.extra ?? {};
  }

  toJSON(): JsonObject {
    return { __type: this.type, message: this.message, ...this.extra };
  }
}

/** The most frequent kind: a parameter that ECS will not take. */
export function invalidParameter(message: string): EcsError {
  return new EcsError('InvalidParameterException', message);
}
