import { FieldError, type Fields } from '../json-fields.ts';
import { type WorkerFaults, workerFaults } from '../worker/worker-faults.ts';

/** What happens to a call instead of, or besides, the right answer. */
export type CallFault =
  /** HTTP 200 with no task and this reason in `failures[]` (RunTask only). */
  | { readonly kind: 'capacity'; readonly reason?: string }
  /** An error answer; status 400 unless given. */
  | { readonly kind: 'exception'; readonly type: string; readonly message: string; readonly status?: number }
  /** The call takes effect, but the connection is cut before the answer. */
  | { readonly kind: 'ambiguous' }
  /** The connection is cut before the call takes effect. */
  | { readonly kind: 'dropped' }
  /** The right answer, so many milliseconds late. */
  | { readonly kind: 'delay'; readonly ms: number };

const NO_CAPACITY = 'Capacity is unavailable at this time. Please try again later or in a different availability zone';

/** The faults that tests have ordered: for the next calls of each action, and for the next workers. */
export class Faults {
  readonly #calls: { readonly action: string; readonly fault: CallFault; times: number }[] = [];
  readonly #workers: { readonly faults: WorkerFaults; times: number }[] = [];

  /** Orders a fault for the next `times` calls of `action`. Orders of one action are used one after the other. */
  orderCall(fields: Fields): void {
    this.#calls.push({
      action: fields.string('action'),
      fault: callFault(fields.object('fault')),
      times: fields.optionalNumber('times') ?? 1,
    });
  }

  /** Orders faults for the next `times` workers. */
  orderWorkers(fields: Fields): void {
    this.#workers.push({ faults: workerFaults(fields.object('faults')), times: fields.optionalNumber('times') ?? 1 });
  }

  nextCall(action: string): CallFault | undefined {
    return takeOne(this.#calls, (order) => order.action === action)?.fault;
  }

  nextWorker(): WorkerFaults {
    return takeOne(this.#workers, () => true)?.faults ?? {};
  }

  clear(): void {
    this.#calls.length = 0;
    this.#workers.length = 0;
  }
}

function takeOne<T extends { times: number }>(orders: T[], isFor: (order: T) => boolean): T | undefined {
  const at = orders.findIndex(isFor);
  const order = orders[at];
  if (!order) return undefined;
  order.times--;
  if (order.times <= 0) orders.splice(at, 1);
  return order;
}

function callFault(fields: Fields): CallFault {
  const kind = fields.optionalOneOf('kind', ['capacity', 'exception', 'ambiguous', 'dropped', 'delay']);
  switch (kind) {
    case 'capacity':
      return { kind, reason: fields.optionalString('reason') ?? NO_CAPACITY };
    case 'exception':
      return { kind, type: fields.string('type'), message: fields.string('message'), status: fields.optionalNumber('status') ?? 400 };
    case 'delay':
      return { kind, ms: fields.number('ms') };
    case 'ambiguous':
    case 'dropped':
      return { kind };
    default:
      throw new FieldError('kind', 'a kind of fault');
  }
}
