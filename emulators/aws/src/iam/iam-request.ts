/** One question that AWS puts to IAM before it does what a caller asks for: for the replay against policies. */
export interface IamRequest {
  /** As IAM names it, such as `ecs:RunTask`. */
  readonly action: string;
  /** An ARN, or `*` where the action knows no resource. */
  readonly resource: string;
  /** Condition keys and their values. */
  readonly context: Readonly<Record<string, string>>;
}
