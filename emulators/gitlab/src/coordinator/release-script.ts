import type { Plain } from '../pipeline/pipeline.ts';

type Release = Readonly<Record<string, Plain>>;

const OPTIONS: readonly (readonly [key: string, option: string])[] = [
  ['name', '--name'],
  ['description', '--description'],
  ['tag_name', '--tag-name'],
  ['tag_message', '--tag-message'],
  ['ref', '--ref'],
  ['released_at', '--released-at'],
];

/** The line that makes a release; values are in double quotes, so that the shell puts variables in. */
export function releaseScript(release: Release): readonly string[] {
  const options = OPTIONS.flatMap(([key, option]) => {
    const value = release[key];
    return value === undefined ? [] : [`${option} ${quoted(String(value))}`];
  });
  const milestones = listOf(release.milestones).map((milestone) => `--milestone ${quoted(String(milestone))}`);
  return [['release-cli create', ...options, ...milestones, ...links(release)].join(' ')];
}

function links(release: Release): readonly string[] {
  const { assets } = release;
  const found = isTable(assets) ? listOf(assets.links) : [];
  return found.map((link) => `--assets-link ${quoted(JSON.stringify(link))}`);
}

function listOf(value: Plain | undefined): readonly Plain[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isTable(value: Plain | undefined): value is Release {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoted(text: string): string {
  return `"${text.replace(/["\\`]/g, '\\$&')}"`;
}
