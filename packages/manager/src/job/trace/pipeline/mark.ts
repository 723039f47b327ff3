/** What stands in the trace instead of a secret. Source: GitLab runner, masking of the job log. */
export const MARK: Uint8Array = Buffer.from('[MASKED]');
