import { createHash } from 'node:crypto';

const LONGEST = 200;

/**
 * A file name for any text, however hostile: no separators, no dots, no capitals (some file systems fold them), never empty, at
 * most 200 characters. Different texts have different names; `textOf` reads them back.
 */
export function fileNameOf(text: string): string {
  if (text === '') return '%';
  const name = text.replace(/[^a-z0-9_-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return name.length <= LONGEST ? name : `%%${createHash('sha256').update(name).digest('hex')}`;
}

/** The text that a file name stands for; the name itself where the text was too long to be kept in it. */
export function textOf(name: string): string {
  if (name === '%') return '';
  if (name.startsWith('%%')) return name;
  return name.replace(/%([0-9a-f]{4})/g, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)));
}
