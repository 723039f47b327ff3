/** What is said after a 413. */
export const TOO_LARGE =
  'The archive is larger than this GitLab allows: maximum artifacts size, in the settings of project, group or instance.';

/** What is said after a 404. */
export const NOT_THERE = 'The earlier job has no archive, or it has expired: run that job again, or give its artifacts a longer expire_in.';

/** The cure for a full disk in a worker. No quotes: the shell prints it between some. */
export const MORE_DISK = 'Have the job leave less behind, or ask the operator for more worker_ephemeral_storage_gib.';
