import { stringify } from 'yaml';
import { Complaints } from './complaints.ts';
import { plainOf } from './plain.ts';
import type { Plain } from './pipeline.ts';
import { expandedRoot } from './read-pipeline.ts';
import type { ReadingContext } from './reading-context.ts';

/**
 * The file as YAML with includes, anchors, `extends` and `!reference` put in, as GitLab shows it; hidden keys are left out. What can't be
 * read is left out as well: `readPipeline` says what is wrong.
 */
export function expandedYaml(text: string, context: ReadingContext): string {
  const root = expandedRoot(text, context, new Complaints()) ?? new Map();
  const shown: [string, Plain][] = [...root].filter(([key]) => !key.startsWith('.')).map(([key, { value }]) => [key, plainOf(value)]);
  return stringify(Object.fromEntries(shown), { lineWidth: 0, aliasDuplicateObjects: false });
}
