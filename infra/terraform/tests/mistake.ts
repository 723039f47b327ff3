/** A mistake that people make, and what each door says to it. */
export interface Mistake {
  readonly what: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** By name of a runner, changes of its entry. */
  readonly runners?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Path in the document and code of everything that is said. */
  readonly said: readonly (readonly [path: string, code: string])[];
  /** What Terraform says. It knows no warnings: left out where it takes the input, of which the manager warns when it starts. */
  readonly terraform?: readonly string[];
  /** Terraform looks at it only where no input by itself is wrong: at what does not fit together, and at the many settings of a runner. */
  readonly isSaidLater?: true;
}
