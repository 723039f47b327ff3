/** Something that a client did and a real GitLab would refuse, ignore or suffer from. Tests read the list and expect it empty. */
export interface Finding {
  /** Stable, kebab-case: what rule was broken. */
  readonly rule: string;
  /** What was seen, and what was expected. */
  readonly detail: string;
  /** Method and path of the request, when one is to blame. */
  readonly request?: string;
  readonly jobId?: string;
}
