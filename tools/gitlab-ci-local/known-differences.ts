/** A difference between our reader and gitlab-ci-local that is known, and who is right by GitLab's documentation. */
export interface KnownDifference {
  /** Fits a line of the comparison: `<folder> (<occasion>) <job> <what>: <ours> | <theirs>`, or `<folder> yaml <path>: <ours> | <theirs>`. */
  readonly line: RegExp;
  readonly reason: string;
}

/** Each has to differ still, or the comparison fails. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    line: /^\S+ \([^)]+\) \S+ name: ".+: \[(.+), (.+)\]" \| ".+: \[\1,\2\]"$/,
    reason: 'ours: GitLab puts a comma and a space between the values of a matrix (`deploy: [aws, monitoring]`, docs of parallel:matrix)',
  },
  {
    line: /^\S+ \([^)]+\) \S+ name: "(.+) (\d\/\d)" \| "\1: \[\2\]"$/,
    reason: 'ours: GitLab calls the jobs of a plain parallel `name 1/3` (docs of parallel)',
  },
  {
    line: /^matrix \([^)]+\) smoke needs: \["build 1","build 2"\] \| \["build 1","build 2","build 3","build 4"\]$/,
    reason: 'ours: needs:parallel:matrix chooses among the jobs; gitlab-ci-local drops it and takes all',
  },
  {
    line: /^matrix yaml smoke\.needs\.0\.parallel\.matrix\..+ \| undefined$/,
    reason: 'ours: see above, in the expanded file',
  },
  {
    line: /^matrix \([^)]+\) package jobs: 1 \| 0$/,
    reason:
      'ours: variables of workflow:rules count in the rules of jobs (docs of workflow:rules:variables); gitlab-ci-local ignores workflow',
  },
  {
    line: /^legacy \([^)]+\) \S+ jobs: 0 \| 1$/,
    reason: 'ours: only and except leave jobs out; gitlab-ci-local ignores both',
  },
  {
    line: /^(legacy \(tag v1\.0\.0\) tagged|resilience \(push to main\) approve) allow_failure: true \| false$/,
    reason: 'ours: `when: manual` outside of rules has allow_failure: true unless it says otherwise (docs of allow_failure)',
  },
  {
    line: /^default-inherit yaml (takes-all|overrides)\.(tags\.\d|retry|timeout|interruptible): .+ \| undefined$/,
    reason:
      'ours: tags, retry, timeout and interruptible are keywords of default too; gitlab-ci-local puts six others into jobs unless asked by name',
  },
  {
    line: /^cache-artifacts yaml unit\.cache\.1\.fallback_keys\.0: "main-jest" \| undefined$/,
    reason: 'ours: fallback_keys is a key of cache; gitlab-ci-local keeps key, paths, policy and when only',
  },
];
