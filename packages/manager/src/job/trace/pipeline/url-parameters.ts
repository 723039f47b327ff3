import { type RunRule, runRule } from './run-masker.ts';

/** Names of URL parameters whose values are secrets, whatever the case. Source: GitLab runner, URL sanitiser of the job log. */
const NAMES = ['private_token', 'authenticity_token', 'rss_token', 'x-amz-signature', 'x-amz-credential', 'x-amz-security-token'] as const;

/** After `?` or `&`, the value of such a parameter is masked up to `?`, `&`, white space or a control character. */
export const URL_PARAMETERS: RunRule = runRule(
  NAMES.flatMap((name) => [`?${name}=`, `&${name}=`]),
  { ignoresCase: true, isInRun: (byte) => byte > 0x20 && byte !== 0x7f && !'?&'.includes(String.fromCharCode(byte)) },
);
