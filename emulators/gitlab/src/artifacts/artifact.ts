import type { ArtifactFormat } from './artifact-type.ts';

/** One stored file of a job. */
export interface Artifact {
  /** GitLab's `artifact_type`: `archive`, `junit`, …; a job has at most one of each. */
  readonly type: string;
  readonly format: ArtifactFormat;
  /** As the runner named it. */
  readonly filename: string;
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Where the bytes lie on disk. */
  readonly path: string;
  /** Wall time in milliseconds; undefined = never. */
  readonly expireAt: number | undefined;
}
