/**
 * Whether an ARN is one of those that a pattern names, as IAM reads it in `Resource`: `*` is any run of characters, `?` one, letters
 * count as they are. Source: IAM user guide, "Resource".
 */
export function matchesArn(pattern: string, arn: string): boolean {
  const words = pattern.split('*');
  const [first = '', ...rest] = words;
  if (rest.length === 0) return arn.length === first.length && startsWith(arn, first, 0);
  const last = rest.pop() ?? '';
  if (arn.length < first.length + last.length || !startsWith(arn, first, 0)) return false;
  const end = arn.length - last.length;
  if (!startsWith(arn, last, end)) return false;
  let at = first.length;
  for (const word of rest) {
    while (at + word.length <= end && !startsWith(arn, word, at)) at++;
    if (at + word.length > end) return false;
    at += word.length;
  }
  return true;
}

/** Whether `word`, in which `?` is any character, stands in `text` at this place. */
function startsWith(text: string, word: string, at: number): boolean {
  if (at + word.length > text.length) return false;
  for (let i = 0; i < word.length; i++) {
    if (word[i] !== '?' && word[i] !== text[at + i]) return false;
  }
  return true;
}
