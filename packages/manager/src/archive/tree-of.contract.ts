import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What a folder holds: for each path its kind, permissions, and content (base64) or target. */
export type Tree = Readonly<Record<string, readonly [kind: string, mode: string, content: string]>>;

/** The tree below a folder. */
export async function treeOf(folder: string, under = ''): Promise<Tree> {
  const tree: Record<string, readonly [string, string, string]> = {};
  for (const name of await readdir(join(folder, under))) {
    const path = under === '' ? name : `${under}/${name}`;
    const facts = await lstat(join(folder, path));
    const mode = (facts.mode & 0o777).toString(8);
    if (facts.isSymbolicLink()) tree[path] = ['symlink', '', await readlink(join(folder, path))];
    else if (facts.isDirectory()) Object.assign(tree, { [path]: ['directory', mode, ''] }, await treeOf(folder, path));
    else tree[path] = ['file', mode, (await readFile(join(folder, path))).toString('base64')];
  }
  return tree;
}
