import { evaluateMoa, type MoaScope } from './evaluate-moa.ts';
import { MoaParser } from './moa-parser.ts';
import { moaText } from './moa-value.ts';

/** A text with every `${{ ... }}` in it replaced by what it comes to; `\${{` is `${{`. Throws `MoaMistake` and `SensitiveSeen`. */
export function moaTemplate(text: string, scope: MoaScope): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { index, 0: sign } of text.matchAll(/\\?\$\{\{/g)) {
    // What looks like a template inside of one was read with it.
    if (index < at) continue;
    pieces.push(text.slice(at, index));
    at = index + sign.length;
    if (sign.startsWith('\\')) pieces.push('${{');
    else {
      const parser = new MoaParser(text, at);
      pieces.push(moaText(evaluateMoa(parser.template(), scope)));
      at = parser.at;
    }
  }
  pieces.push(text.slice(at));
  scope.spend(pieces.reduce((sum, piece) => sum + piece.length, 0));
  return pieces.join('');
}
