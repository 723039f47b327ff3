/** Where this runner is other than GitLab's own, on purpose or because it works elsewhere, and why. */
export interface KnownDifference {
  /** The case; every case when absent. */
  readonly name?: string;
  readonly field: string;
  readonly why: string;
}

/** Cases that GitLab's own runner is not given, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'background-process': 'the shell executor waits until every process has let go of the output: ten minutes for each of two',
};

/** Made from the documented behaviour of the shell executor, and from walks with GitLab Runner 17.9.0. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'names-that-no-shell-knows',
    field: 'status',
    why: 'GitLab exports every name and fails the stage on one that a shell does not know; here it is left out with a warning.',
  },
  { name: 'names-that-no-shell-knows', field: 'failureReason', why: 'follows from its status' },
  { name: 'names-that-no-shell-knows', field: 'exitCode', why: 'follows from its status' },
  { name: 'names-that-no-shell-knows', field: 'sections', why: 'follows from its status' },
  ...['status', 'failureReason', 'sections'].map((field) => ({
    name: 'attempts-out-of-range',
    field,
    why: 'GitLab Runner 17 refuses such a number; newer ones bring it back into the range, as is done here',
  })),
  { name: 'artifacts-names', field: 'artifacts', why: 'GitLab Runner 17.9.0 loses a dollar sign that no name follows' },
  { name: 'image-and-services', field: 'sections', why: 'the shell executor refuses a job with services before its first stage' },
  {
    name: 'artifacts-untracked',
    field: 'sections',
    why: 'files of other jobs stay in the folder of the shell executor, which is not new for each job',
  },
];
