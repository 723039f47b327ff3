/** How text looks, as far as ANSI's "select graphic rendition" can say. Colours are indexes into the 256-colour palette. */
export interface AnsiStyle {
  readonly foreground?: number;
  readonly background?: number;
  readonly bold?: true;
  readonly faint?: true;
  readonly italic?: true;
  readonly underline?: true;
}

/** Text that looks like nothing in particular. */
export const PLAIN: AnsiStyle = {};

/** The style after one SGR sequence (`\x1b[…m`), given its parameters: `1;31`, or nothing for a reset. */
export function restyled(style: AnsiStyle, parameters: string): AnsiStyle {
  let [code, ...rest] = parameters.split(/[;:]/).map(Number);
  let next = style;
  while (code !== undefined) {
    if (code === 38 || code === 48) {
      const { colour, used } = extended(rest);
      next = colour === undefined ? next : { ...next, [code === 38 ? 'foreground' : 'background']: colour };
      rest = rest.slice(used);
    } else next = simple(next, code);
    [code, ...rest] = rest;
  }
  return next;
}

/** Class names for a style: `f1` … `f255`, `b0` …, and a letter for each attribute. */
export function classesOf({ foreground, background, bold, faint, italic, underline }: AnsiStyle): string {
  return [
    ...(foreground === undefined ? [] : [`f${foreground}`]),
    ...(background === undefined ? [] : [`b${background}`]),
    ...(bold ? ['bold'] : []),
    ...(faint ? ['faint'] : []),
    ...(italic ? ['italic'] : []),
    ...(underline ? ['underline'] : []),
  ].join(' ');
}

/** The style sheet that goes with `classesOf`. */
export function ansiStyleSheet(): string {
  const colours = Array.from({ length: 256 }, (_, index) => `.f${index}{color:${hexOf(index)}}.b${index}{background:${hexOf(index)}}`);
  return `${colours.join('')}.bold{font-weight:bold}.faint{opacity:.6}.italic{font-style:italic}.underline{text-decoration:underline}`;
}

function simple(style: AnsiStyle, code: number): AnsiStyle {
  const { foreground: _f, ...noForeground } = style;
  const { background: _b, ...noBackground } = style;
  if (code === 39) return noForeground;
  if (code === 49) return noBackground;
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  return withAttribute(style, code);
}

function withAttribute(style: AnsiStyle, code: number): AnsiStyle {
  const { bold: _bold, faint: _faint, ...noWeight } = style;
  const { italic: _italic, ...upright } = style;
  const { underline: _underline, ...bare } = style;
  switch (code) {
    case 0:
      return PLAIN;
    case 1:
      return { ...style, bold: true };
    case 2:
      return { ...style, faint: true };
    case 3:
      return { ...style, italic: true };
    case 4:
      return { ...style, underline: true };
    case 22:
      return noWeight;
    case 23:
      return upright;
    case 24:
      return bare;
    default:
      return style;
  }
}

/** `5;n` is an index, `2;r;g;b` is brought to the palette's cube. */
function extended([kind, ...rest]: readonly number[]): { readonly colour: number | undefined; readonly used: number } {
  const channel = (value: number | undefined) => Math.round((Math.min(255, Math.max(0, value ?? 0)) / 255) * 5);
  const isByte = (value: number | undefined) => value !== undefined && Number.isInteger(value) && value >= 0 && value <= 255;
  if (kind === 5) return { colour: isByte(rest[0]) ? rest[0] : undefined, used: 2 };
  if (kind !== 2) return { colour: undefined, used: 1 };
  return { colour: 16 + 36 * channel(rest[0]) + 6 * channel(rest[1]) + channel(rest[2]), used: 4 };
}

const SIXTEEN = [
  '#45494f',
  '#e5534b',
  '#57ab5a',
  '#c69026',
  '#539bf5',
  '#b083f0',
  '#39c5cf',
  '#adbac7',
  '#768390',
  '#ff938a',
  '#6bc46d',
  '#daaa3f',
  '#6cb6ff',
  '#dcbdfb',
  '#56d4dd',
  '#f0f3f6',
] as const;

function hexOf(index: number): string {
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40);
  if (index < 16) return SIXTEEN[index] ?? '#fff';
  if (index >= 232) return rgb([8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10]);
  const cube = index - 16;
  return rgb([level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)]);
}

function rgb(channels: readonly number[]): string {
  return `#${channels.map((each) => each.toString(16).padStart(2, '0')).join('')}`;
}
