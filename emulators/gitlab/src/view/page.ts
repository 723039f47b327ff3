import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import { ansiStyleSheet } from './ansi-style.ts';

/** Markup that hono's `html` made: everything put into it was escaped. */
export type Markup = ReturnType<typeof html>;

const STYLE = `:root{color-scheme:dark;--line:#2d333b;--dim:#8b949e}
*{box-sizing:border-box}
body{margin:0;background:#1c2128;color:#d5dde5;font:14px/1.45 system-ui,sans-serif}
header{display:flex;gap:1rem;align-items:baseline;padding:.7rem 1.2rem;background:#22272e;border-bottom:1px solid var(--line)}
header a{font-weight:600}h1{font-size:1.15rem;margin:0}h2{font-size:.8rem;margin:0 0 .6rem;color:var(--dim);text-transform:uppercase;letter-spacing:.06em;overflow-wrap:anywhere}
main{padding:1.2rem}a{color:#6cb6ff;text-decoration:none}a:hover{text-decoration:underline}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.45rem .8rem;border-bottom:1px solid var(--line);overflow-wrap:anywhere}th{color:var(--dim);font-weight:500}
.stages{display:flex;gap:1rem;align-items:flex-start;overflow-x:auto;padding-bottom:.5rem}
.stage{flex:0 0 15rem;background:#22272e;border:1px solid var(--line);border-radius:8px;padding:.8rem}
.job{display:flex;gap:.5rem;align-items:center;padding:.4rem .5rem;border:1px solid var(--line);border-radius:6px;margin-bottom:.5rem;background:#1c2128}
.job .name{flex:1;min-width:0;overflow-wrap:anywhere}.retried{opacity:.5}
.dim{color:var(--dim)}.state{display:inline-block;padding:0 .5rem;border-radius:9px;font-size:.75rem;line-height:1.5;border:1px solid currentColor;white-space:nowrap}
.success{color:#57ab5a}.failed{color:#f47067}.running{color:#6cb6ff}.canceling,.pending,.waiting_for_resource{color:#daaa3f}.canceled,.skipped,.created{color:#8b949e}.manual,.scheduled{color:#dcbdfb}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:0 0 1rem}dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
.trace{background:#0f1318;border:1px solid var(--line);border-radius:8px;padding:.7rem 0;font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;overflow-x:auto}
.line,summary{display:flex;gap:.8rem;padding:0 .8rem;white-space:pre-wrap;overflow-wrap:anywhere;min-height:1.5em}
.line:hover{background:#1c2128}.at{flex:none;color:#6e7681;user-select:none}.line>span:last-child{min-width:0}
summary{cursor:pointer;background:#191e24}summary::before{content:"\\25b8";color:var(--dim)}details[open]>summary::before{content:"\\25be"}summary .took{margin-left:auto;color:var(--dim)}
details>.inside{border-left:2px solid var(--line);margin-left:.8rem}
`;

/** The only style sheet: its hash is the only thing that the content security policy lets in. */
const STYLE_SHEET = `${STYLE}${ansiStyleSheet()}`;

/** Nothing may be loaded, run, framed or sent from our pages; styles are the one style sheet that is part of them. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE_SHEET).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

/** A whole page as an answer. With `refreshSeconds` the browser asks again by itself, without any script. */
export async function page(content: {
  readonly title: string;
  readonly main: Markup;
  readonly refreshSeconds?: number;
  readonly status?: number;
}): Promise<Response> {
  const { title, main, refreshSeconds, status = 200 } = content;
  const refresh = refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`;
  const document = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">${refresh}<title>${title}</title><style>${raw(STYLE_SHEET)}</style></head>
<body><header><a href="/">Pipelines</a><h1>${title}</h1></header><main>${main}</main></body>
</html>`;
  return new Response(String(await document), { status, headers: HEADERS });
}

/** A coloured word for the state of a job or pipeline. */
export function stateBadge(status: string): Markup {
  return html`<span class="state ${status}">${status}</span>`;
}

/** `1:02:03`, `4:05`; nothing for something that has not begun. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return '';
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
