import type { Fields } from '../json-fields.ts';
import { invalidParameter } from './ecs-error.ts';

/** One tag of a resource. */
export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** Reads tags and refuses what ECS refuses: more than 50, keys over 128, values over 256, `aws:` keys, a key twice. */
export function tagsOf(items: readonly Fields[]): readonly Tag[] {
  const tags = items.map((item) => ({ key: item.string('key'), value: item.optionalString('value') ?? '' }));
  if (tags.length > 50) throw invalidParameter('The maximum number of tags that you can add to a resource is 50.');
  if (new Set(tags.map((tag) => tag.key)).size < tags.length) throw invalidParameter('Duplicate tag keys are not allowed.');
  for (const tag of tags) {
    if (tag.key.length < 1 || tag.key.length > 128) throw invalidParameter('Tag keys must have 1 to 128 characters.');
    if (tag.value.length > 256) throw invalidParameter('Tag values can have at most 256 characters.');
    if (/^aws:/i.test(tag.key)) throw invalidParameter('Tag keys that start with aws: are reserved.');
  }
  return tags;
}
