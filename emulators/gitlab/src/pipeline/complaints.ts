import type { Problem } from '@fargate-gitlab-runner/kernel';
import type { Place } from './located-yaml.ts';

/** Gathers everything that is wrong with a file, and what is accepted but ignored, each with its place. */
export class Complaints {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** The text is not YAML. */
  yaml(at: Place, what: string): void {
    this.problems.push({ code: 'FR_PIPELINE_YAML', at: this.#at(at), what: `invalid YAML: ${what}` });
  }

  /** GitLab would refuse it, in these words. */
  invalid(at: Place, what: string): void {
    this.problems.push({ code: 'FR_PIPELINE_INVALID', at: this.#at(at), what });
  }

  /** GitLab knows it, this reader does not. */
  notYet(at: Place, what: string): void {
    this.problems.push({
      code: 'FR_PIPELINE_NOT_YET',
      at: this.#at(at),
      what: `${what} is not yet supported`,
      cure: 'leave it out here, or run this pipeline on a GitLab server',
    });
  }

  note(at: Place, what: string): void {
    this.notes.push(`${this.#at(at)}: ${what}`);
  }

  #at({ line, column }: Place): string {
    return `${this.#file}:${line}:${column}`;
  }
}
