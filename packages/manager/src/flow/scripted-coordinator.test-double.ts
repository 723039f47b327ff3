import type {
  Coordinator,
  JobCredentials,
  JobUpdate,
  RequestVerdict,
  RunnerCredentials,
  TraceVerdict,
  UpdateVerdict,
  VerifyVerdict,
} from '../coordinator/coordinator.ts';

/** One question for work. `answer` is what it gets, `refuse` makes it throw. */
export interface Question {
  readonly runner: string;
  readonly isLongPoll: boolean;
  readonly answer: (verdict: RequestVerdict) => void;
  readonly refuse: (error: Error) => void;
}

/** Answers a question, or leaves it open for the test to answer (undefined). */
export type AnswerQuestion = (question: Question) => RequestVerdict | undefined;

/** A coordinator that says what a test tells it to say. Without an answer a question stays open, as a long poll does. */
export class ScriptedCoordinator implements Coordinator {
  readonly questions: Question[] = [];
  readonly updates: { readonly job: string; readonly token: string; readonly update: JobUpdate }[] = [];
  /** What every new question is answered with. */
  answer: AnswerQuestion = () => undefined;
  /** What every update is answered with. */
  onUpdate: (signal: AbortSignal) => Promise<UpdateVerdict> = async () => ({ kind: 'accepted', isCanceling: false });

  request(runner: RunnerCredentials, options: { readonly isLongPoll: boolean }, signal: AbortSignal): Promise<RequestVerdict> {
    return new Promise<RequestVerdict>((resolve, reject) => {
      signal.throwIfAborted();
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      const answer = (verdict: RequestVerdict) => {
        signal.removeEventListener('abort', onAbort);
        resolve(verdict);
      };
      const refuse = (error: Error) => {
        signal.removeEventListener('abort', onAbort);
        reject(error);
      };
      const question: Question = { runner: runner.name, isLongPoll: options.isLongPoll, answer, refuse };
      this.questions.push(question);
      const verdict = this.answer(question);
      if (verdict) answer(verdict);
    });
  }

  async update(job: JobCredentials, update: JobUpdate, signal: AbortSignal): Promise<UpdateVerdict> {
    this.updates.push({ job: job.id, token: job.token.reveal(), update });
    return this.onUpdate(signal);
  }

  async verify(): Promise<VerifyVerdict> {
    return { kind: 'valid', id: '1' };
  }

  async patchTrace(): Promise<TraceVerdict> {
    return { kind: 'accepted', isCanceling: false };
  }
}
