import { CodedError } from '@fargate-gitlab-runner/kernel';

/**
 * The address of the runner API, without a slash at the end, from the instance's URL: trailing slashes go, then one trailing `/ci`
 * (as old installations were configured), a sub-path stays. Throws a CodedError for anything but http and https.
 */
export function apiUrlOf(instanceUrl: string): string {
  const url = URL.canParse(instanceUrl) ? new URL(instanceUrl) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw unusable(url?.protocol ?? 'text that is no URL');
  const path = url.pathname.replace(/\/+$/, '').replace(/\/ci$/, '');
  return `${url.origin}${path}/api/v4`;
}

/** `given` is only the scheme: a URL may carry a password. */
function unusable(given: string): CodedError {
  return new CodedError({
    code: 'FR_COORDINATOR_URL',
    what: "GitLab's address can't be used",
    given,
    allowed: 'a URL that begins with https:// or http://',
    cure: 'set the address of the GitLab instance, for example https://gitlab.example.com',
  });
}
