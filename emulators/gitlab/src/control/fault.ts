import { ROUTES } from '../coordinator/route.ts';
import { kinds, number, object, oneOf, optional, type Shaped, tableOf, text } from '../wire/shape.ts';

const common = {
  kind: text,
  /** Which calls are hit. */
  route: oneOf(ROUTES),
  /** How many calls are hit; default 1. */
  times: optional(number),
  /** How many calls are let through first; default 0. */
  skip: optional(number),
  /** Only calls about this job. */
  jobId: optional(text),
  /** Wait before anything else. */
  delayMs: optional(number),
};

/** The JSON shape of a fault. */
export const fault = kinds({
  delay: object({ ...common, kind: oneOf(['delay']) }),
  reply: object({
    ...common,
    kind: oneOf(['reply']),
    status: number,
    headers: optional(tableOf(text)),
    body: optional(text),
    /** `before`: the call has no effect (default); `after`: it has taken effect, only its answer is replaced. */
    when: optional(oneOf(['before', 'after'])),
  }),
  /** The call takes effect and its answer has its status and body, but another `Content-Type`. */
  retype: object({ ...common, kind: oneOf(['retype']), contentType: text }),
  /** The job's log is cut down to this part of what it has (0 to 1), and the call is answered as it then deserves. */
  forget: object({ ...common, kind: oneOf(['forget']), part: number }),
  drop: object({ ...common, kind: oneOf(['drop']), when: optional(oneOf(['before', 'after'])) }),
});

/** A misbehaviour that hits the next calls on a route: late, answered with something else, with a wrong media type, about a log of which the end is forgotten, or cut off. */
export type Fault = Shaped<typeof fault>;

/** The faults that are waiting for their calls, first added first used. */
export class FaultQueue {
  #waiting: { readonly fault: Fault; skip: number; times: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that hits this call, if any; one use of it is gone then. */
  take(route: string, jobId: string | undefined): Fault | undefined {
    const entry = this.#waiting.find(({ fault }) => fault.route === route && (fault.jobId === undefined || fault.jobId === jobId));
    if (!entry) return undefined;
    if (entry.skip > 0) {
      entry.skip--;
      return undefined;
    }
    entry.times--;
    if (entry.times <= 0) this.#waiting = this.#waiting.filter((each) => each !== entry);
    return entry.fault;
  }
}
