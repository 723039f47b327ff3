import { FieldError, type Fields } from '../json-fields.ts';
import { isS3ErrorCode, type S3ErrorCode } from './s3-error.ts';

/** What happens to a request instead of, or besides, the right answer. */
export type S3Fault =
  /** This error, and nothing takes effect: 503 SlowDown, 500 InternalError, 409 ConditionalRequestConflict and such. */
  | { readonly kind: 'error'; readonly code: S3ErrorCode }
  /** The request takes effect, but the connection is cut before the answer. */
  | { readonly kind: 'lost answer' }
  /** The connection is cut before the request takes effect. */
  | { readonly kind: 'dropped' }
  /** The right answer, so many milliseconds late; `before`: nothing takes effect until then. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when?: 'before' | 'after' };

/** Which requests a fault is for: all of an operation, or those whose key begins like this. */
export interface S3FaultOrder {
  /** As in the API reference, such as PutObject. Left out: any. */
  readonly action?: string;
  readonly keyPrefix?: string;
  readonly fault: S3Fault;
  /** How many requests; 1 when absent. */
  readonly times?: number;
}

/** The faults that tests have ordered, used in their order. */
export class S3Faults {
  readonly #orders: { readonly order: S3FaultOrder; times: number }[] = [];

  add(order: S3FaultOrder): void {
    this.#orders.push({ order, times: order.times ?? 1 });
  }

  /** The fault for this request, if one was ordered; it is used up by one. */
  next(action: string, key: string): S3Fault | undefined {
    const at = this.#orders.findIndex(({ order }) => (order.action ?? action) === action && key.startsWith(order.keyPrefix ?? ''));
    const found = this.#orders[at];
    if (!found) return undefined;
    found.times--;
    if (found.times <= 0) this.#orders.splice(at, 1);
    return found.order.fault;
  }

  clear(): void {
    this.#orders.length = 0;
  }
}

/** Reads an order of a fault. Throws FieldError. */
export function s3FaultOrderOf(fields: Fields): S3FaultOrder {
  const action = fields.optionalString('action');
  const keyPrefix = fields.optionalString('keyPrefix');
  const times = fields.optionalNumber('times');
  return {
    ...(action !== undefined && { action }),
    ...(keyPrefix !== undefined && { keyPrefix }),
    ...(times !== undefined && { times }),
    fault: faultOf(fields.object('fault')),
  };
}

function faultOf(fields: Fields): S3Fault {
  const kind = fields.optionalOneOf('kind', ['error', 'lost answer', 'dropped', 'delay']);
  switch (kind) {
    case 'error':
      return { kind, code: codeOf(fields.string('code')) };
    case 'delay':
      return { kind, ms: fields.number('ms'), when: fields.optionalOneOf('when', ['before', 'after']) ?? 'before' };
    case 'lost answer':
    case 'dropped':
      return { kind };
    default:
      throw new FieldError('kind', 'a kind of fault');
  }
}

function codeOf(code: string): S3ErrorCode {
  if (!isS3ErrorCode(code)) throw new FieldError('code', 'the code of an error of S3');
  return code;
}
