import { COLOURS } from './colours.ts';

const { clear, reset, cyan, green, red, yellow } = COLOURS;

/** A plain line of the manager. Source of all line forms: GitLab runner, job log. */
export function plainLine(text: string): string {
  return `${clear}${text}${reset}\n`;
}

/** A line that tells of something good, in green. */
export function infoLine(text: string): string {
  return `${green}${text}${reset}\n`;
}

/** A line that begins with `WARNING: `. */
export function warningLine(text: string): string {
  return `${yellow}WARNING: ${text}${reset}\n`;
}

/** A line that begins with `ERROR: `. */
export function errorLine(text: string): string {
  return `${red}ERROR: ${text}${reset}\n`;
}

/** What opens a section, without a line end; the heading follows at once. `nowS`: seconds since the epoch. */
export function sectionStartMarker(name: string, nowS: number): string {
  return `section_start:${nowS}:${name}\r${clear}`;
}

/** What closes a section, without a line end. `nowS`: seconds since the epoch. */
export function sectionEndMarker(name: string, nowS: number): string {
  return `section_end:${nowS}:${name}\r${clear}`;
}

/** The line that names a section to its reader. */
export function headingLine(heading: string): string {
  return `${clear}${cyan}${heading}${reset}${reset}\n`;
}
