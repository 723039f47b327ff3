import { html } from 'hono/html';
import { classesOf } from './ansi-style.ts';
import { durationText, type Markup } from './page.ts';
import { type Span, type TraceItem, traceItems } from './trace-lines.ts';

const SHOWN_BYTES = 2 * 1024 * 1024;

/** A trace as markup: coloured lines, sections that fold. Of a long one the last 2 MiB are shown. */
export function traceMarkup(trace: Buffer): Markup {
  const shown = trace.subarray(Math.max(0, trace.length - SHOWN_BYTES)).toString();
  const cut = trace.length > SHOWN_BYTES ? html`<div class="line dim">… the last ${SHOWN_BYTES} of ${trace.length} bytes</div>` : '';
  return html`<div class="trace">${cut}${traceItems(shown).map(itemMarkup)}</div>`;
}

function itemMarkup(item: TraceItem): Markup {
  if (item.kind === 'line') {
    const at = item.at === undefined ? '' : html`<span class="at">${item.at}</span>`;
    return html`<div class="line">${at}<span>${item.spans.map(spanMarkup)}</span></div>`;
  }
  const { name, isCollapsed, header, duration, items } = item;
  const took = duration === undefined ? '' : html`<span class="took">${durationText(duration * 1000)}</span>`;
  const summary = html`<summary><span>${header.length > 0 ? header.map(spanMarkup) : name}</span>${took}</summary>`;
  const inside = html`<div class="inside">${items.map(itemMarkup)}</div>`;
  return isCollapsed ? html`<details>${summary}${inside}</details>` : html`<details open>${summary}${inside}</details>`;
}

function spanMarkup({ text, style }: Span): Markup {
  const classes = classesOf(style);
  return classes === '' ? html`${text}` : html`<span class="${classes}">${text}</span>`;
}
