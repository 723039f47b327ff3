import type { JobPayload } from '@fargate-gitlab-runner/protocol';

/**
 * How the artifacts of a job travel. `worker`: the worker archives and exchanges them by itself. `relay`: it lacks these programs, so its
 * manager carries them.
 */
type ArtifactWay = { readonly kind: 'worker' } | { readonly kind: 'relay'; readonly missing: readonly string[] };

/** Both directions of one job in one worker. */
export interface ArtifactWays {
  readonly upload: ArtifactWay;
  readonly download: ArtifactWay;
  /** Whether the worker can unpack a zip; else what the manager brings is a tar. */
  readonly canUnzip: boolean;
  /** The shim's folder in the worker: where a stage finds what the manager has put. */
  readonly shimFolder: string;
}

/** What is known of a worker from first contact on. */
export interface WorkerMeans {
  readonly tools: readonly string[];
  readonly verbs: readonly string[];
  readonly shimFolder: string;
}

const THROUGH_WORKER: ArtifactWay = { kind: 'worker' };

/**
 * Chosen by what the worker had at first contact, never by what a script installs: a successor must come to the same. A worker whose shim
 * is from before relays does everything by itself, or says what it lacks.
 */
export function artifactWays({ tools, verbs, shimFolder }: WorkerMeans, { artifacts }: Pick<JobPayload, 'artifacts'>): ArtifactWays {
  const canUnzip = tools.includes('unzip') || tools.includes('busybox');
  const canRelay = verbs.includes('pipe') && verbs.includes('put');
  const formats = new Set(artifacts.map(({ artifact_format: format }) => format || 'zip'));
  const packers = ['zip', 'gzip'].filter((program) => formats.has(program) && !tools.includes(program));
  const curl = tools.includes('curl') ? [] : ['curl'];
  const way = (missing: readonly string[]): ArtifactWay => (canRelay && missing.length > 0 ? { kind: 'relay', missing } : THROUGH_WORKER);
  return { upload: way([...packers, ...curl]), download: way([...(canUnzip ? [] : ['unzip']), ...curl]), canUnzip, shimFolder };
}
