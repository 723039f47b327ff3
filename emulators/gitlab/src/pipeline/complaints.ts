import type { Problem } from '@fargate-gitlab-runner/kernel';
import type { Place } from './located-yaml.ts';

/** Gathers everything that is wrong with a pipeline's files, and what is accepted but worth a word, each with its place. */
export class Complaints {
  readonly #problems: { readonly at: Place; readonly problem: Problem }[] = [];
  readonly notes: string[] = [];
  readonly #said = new Set<string>();

  /** In the order of their places. */
  get problems(): readonly Problem[] {
    return this.#problems.toSorted((a, b) => compare(a.at, b.at)).map(({ problem }) => problem);
  }

  get hasProblems(): boolean {
    return this.#problems.length > 0;
  }

  /** The text is not YAML. */
  yaml(at: Place, what: string): void {
    this.#add(at, { code: 'FR_PIPELINE_YAML', what: `invalid YAML: ${what}` });
  }

  /** GitLab would refuse it, in these words. `subject` is how GitLab calls the place; the same trouble of one place is told once. */
  invalid(at: Place, what: string, subject = ''): void {
    this.#add(at, { code: 'FR_PIPELINE_INVALID', what: `${subject}${what}` }, what);
  }

  /** GitLab knows it, this reader does not. */
  notYet(at: Place, what: string): void {
    const cure = 'leave it out here, or run this pipeline on a GitLab server';
    this.#add(at, { code: 'FR_PIPELINE_NOT_YET', what: `${what} is not yet supported`, cure }, 'not yet');
  }

  /** GitLab knows it, and a stand-in can't do it. */
  notHere(at: Place, what: string, reason: string): void {
    const cure = 'leave it out here, for example with rules, or run this pipeline on a GitLab server';
    this.#add(at, { code: 'FR_PIPELINE_NOT_HERE', what: `${what} is unsupported here: ${reason}`, cure }, reason);
  }

  /** Nothing is wrong with the file, but there would be no pipeline. */
  empty(at: Place, what: string): void {
    const cure = 'start it for another ref, source or with other variables, or change the rules';
    this.#add(at, { code: 'FR_PIPELINE_EMPTY', what, cure });
  }

  note(at: Place, what: string): void {
    const text = `${placeText(at)}: ${what}`;
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  #add(at: Place, problem: Omit<Problem, 'at'>, same = problem.what): void {
    const key = `${placeText(at)} ${same}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#problems.push({ at, problem: { ...problem, at: placeText(at) } });
  }
}

function compare(a: Place, b: Place): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

function placeText({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
