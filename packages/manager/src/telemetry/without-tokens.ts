const MASK = '[masked]';
/** Prefixes of GitLab's tokens. Source: GitLab, token overview. */
const TOKEN = /\b(gl(?:pat|oas|dt|rt|cbt|rtr|ptt|ft|imt|agent|soat|ffct|tok)-)[\w.-]+/g;
const PASSWORD_IN_URL = /(:\/\/[^\s/:@]*):[^\s/@]+@/g;

/**
 * The text without anything that looks like one of GitLab's tokens or like a password in a URL. A net below the rule that no event
 * holds a secret, for texts that come from elsewhere, such as errors.
 */
export function withoutTokens(text: string): string {
  return text.replaceAll(TOKEN, `$1${MASK}`).replaceAll(PASSWORD_IN_URL, `$1:${MASK}@`);
}
