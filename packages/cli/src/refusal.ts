import type { Problem } from '@fargate-gitlab-runner/kernel';

/** What is wrong when GitLab won't do something with a runner, or can't be asked. */
export function refusal(runner: string, verdict: { readonly kind: 'refused' | 'unavailable'; readonly cause: string }): Problem {
  const { kind, cause } = verdict;
  return kind === 'refused'
    ? {
        code: 'FR_RUNNER_REFUSED',
        at: runner,
        what: "GitLab refuses the runner's token",
        given: cause,
        cure: 'check that the token is of this runner and this GitLab; a registration token may be switched off there: create a runner and use its glrt- token',
      }
    : {
        code: 'FR_RUNNER_UNAVAILABLE',
        at: runner,
        what: 'GitLab did not answer as it should',
        given: cause,
        cure: 'check gitlab_url and the network, then try again',
      };
}
