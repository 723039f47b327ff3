import { Secret } from '@fargate-gitlab-runner/kernel';
import type { IssueVerdict, RemoveVerdict, RunnerAttributes, RunnerManagement } from '../coordinator/runner-management.ts';

/** Runner management that writes down what it is asked and issues tokens `issued-1`, `issued-2`, ... unless a test says otherwise. */
export class ScriptedManagement implements RunnerManagement {
  readonly calls: string[] = [];
  readonly registered: RunnerAttributes[] = [];
  /** What the next calls for a token are answered with. */
  readonly answers: IssueVerdict[] = [];
  lifeMs: number | undefined;
  /** What happens elsewhere while GitLab answers a call for a token. */
  onCall: () => Promise<void> = async () => undefined;
  #issued = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  async register(token: Secret, attributes: RunnerAttributes): Promise<IssueVerdict> {
    this.registered.push(attributes);
    return this.#issue(`register ${token.reveal()}`);
  }

  async create(): Promise<IssueVerdict> {
    return this.#issue('create');
  }

  /** GitLab has done it also when nobody waits for the answer any more. */
  async resetToken(token: Secret, signal: AbortSignal): Promise<IssueVerdict> {
    const verdict = await this.#issue(`reset ${token.reveal()}`);
    signal.throwIfAborted();
    return verdict;
  }

  async resetTokenOf(): Promise<IssueVerdict> {
    return this.#issue('reset by id');
  }

  async unregister(token: Secret): Promise<RemoveVerdict> {
    this.calls.push(`unregister ${token.reveal()}`);
    return { kind: 'removed' };
  }

  async unregisterManager(token: Secret, systemId: string): Promise<RemoveVerdict> {
    this.calls.push(`unregister manager ${systemId} of ${token.reveal()}`);
    return { kind: 'removed' };
  }

  async #issue(call: string): Promise<IssueVerdict> {
    this.calls.push(call);
    await this.onCall();
    const answer = this.answers.shift();
    if (answer) return answer;
    const expiresAt = this.lifeMs === undefined ? {} : { expiresAt: this.#now() + this.lifeMs };
    return { kind: 'issued', token: new Secret(`issued-${++this.#issued}`), id: '7', ...expiresAt };
  }
}
