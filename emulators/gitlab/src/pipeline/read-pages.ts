import { ConfigHash } from './config-hash.ts';
import type { PipelineJob } from './pipeline.ts';

const STANDARD = { publish: 'public', pathPrefix: undefined };

/** What GitLab Pages publishes: a job called `pages`, or one that says `pages`. */
export function readPages(name: string, job: ConfigHash): PipelineJob['pages'] {
  const node = job.node('pages');
  const publish = job.text('publish');
  if (!node) return name === 'pages' ? { ...STANDARD, publish: publish ?? STANDARD.publish } : undefined;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value ? STANDARD : undefined;
  if (node.kind !== 'map') {
    job.complaints.invalid(node.at, ' config should be a hash or a boolean value', `${job.place}:pages`);
    return undefined;
  }
  const hash = new ConfigHash({ ...node, place: `${job.place}:pages`, complaints: job.complaints });
  hash.allow(['publish', 'path_prefix', 'expire_in']);
  hash.textOrNumber('expire_in');
  return { publish: hash.text('publish') ?? STANDARD.publish, pathPrefix: hash.text('path_prefix') };
}
