import cliTruncate from 'cli-truncate';
import stringWidth from 'string-width';

/** Text in exactly `width` columns: cut with an ellipsis, or filled with spaces. Colours count for nothing, wide characters for two. */
export function fitted(text: string, width: number): string {
  const cut = shortened(text, width);
  return cut + ' '.repeat(Math.max(0, width - stringWidth(cut)));
}

/** Text in at most `width` columns. */
export function shortened(text: string, width: number): string {
  if (width <= 0) return '';
  if (stringWidth(text) <= width) return text;
  const cut = cliTruncate(text, width);
  // A wide character that lies across the edge is left in whole.
  return stringWidth(cut) <= width ? cut : cliTruncate(text, width - 1);
}
