import type { Terminal } from '../../terminal.ts';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/**
 * A terminal's second screen, on which whole frames are drawn. Only rows that differ from the frame before are written, all of them in
 * one write between the marks of a synchronised update: nothing flickers.
 *
 * Life: entered -> left -> entered ... Gotchas: the first screen comes back with `leave`, which may be called at any time and twice.
 * After a change of size everything is drawn anew, because terminals differ in what they make of the old rows.
 */
export class Screen {
  readonly #terminal: Terminal;
  #shown: readonly string[] = [];
  #isEntered = false;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  enter(): void {
    if (this.#isEntered) return;
    this.#isEntered = true;
    this.#shown = [];
    this.#terminal.write(ENTER);
  }

  leave(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    this.#terminal.write(LEAVE);
  }

  /** The next frame is written whole. */
  forget(): void {
    this.#shown = [];
  }

  /** Shows these rows, each cut to the width already; missing ones are empty. */
  draw(rows: readonly string[]): void {
    if (!this.#isEntered) return;
    const isNew = this.#shown.length === 0;
    const next = Array.from({ length: this.#terminal.rows }, (_, at) => rows[at] ?? '');
    const changed = next.flatMap((row, at) => (row === this.#shown[at] ? [] : [`\u001b[${at + 1};1H\u001b[0m\u001b[2K${row}`]));
    this.#shown = next;
    if (changed.length > 0 || isNew) this.#terminal.write(`${BEGIN}${isNew ? '\u001b[0m\u001b[2J' : ''}${changed.join('')}\u001b[0m${END}`);
  }
}
