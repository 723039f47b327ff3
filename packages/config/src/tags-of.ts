/** The tags of an entry, from the list or from the comma string; each once, in the order given. */
export function tagsOf(entry: { readonly tags?: readonly string[] | undefined; readonly tag_list?: string | undefined }): string[] {
  return [...new Set(entry.tags ?? splitTags(entry.tag_list ?? ''))];
}

/** The tags of a comma string; white space around a comma means nothing. */
export function splitTags(list: string): string[] {
  return list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
