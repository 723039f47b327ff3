import type { ConfigHash } from './config-hash.ts';
import type { Plain } from './pipeline.ts';
import { plainOf } from './plain.ts';

const KEYS = ['tag_name', 'tag_message', 'name', 'description', 'ref', 'milestones', 'released_at', 'assets'];

/** `release`, as the file has it, with what it must have. */
export function readRelease(job: ConfigHash): Readonly<Record<string, Plain>> | undefined {
  const hash = job.hash('release');
  if (!hash) return undefined;
  hash.allow(KEYS);
  hash.require(['tag_name', 'description']);
  for (const key of ['tag_name', 'tag_message', 'name', 'description', 'ref']) hash.text(key);
  hash.strings('milestones', { orOne: true });
  readReleasedAt(hash);
  readAssets(hash);
  return Object.fromEntries([...hash.entries].map(([key, { value }]) => [key, plainOf(value)]));
}

function readReleasedAt(hash: ConfigHash): void {
  const text = hash.text('released_at');
  if (text !== undefined && !text.includes('$') && Number.isNaN(Date.parse(text))) hash.wrong('released_at', 'must be a valid datetime');
}

function readAssets(hash: ConfigHash): void {
  const assets = hash.hash('assets');
  assets?.allow(['links']);
  const links = assets?.node('links');
  if (links && links.kind !== 'list') assets?.wrong('links', 'should be an array of hashes');
}
