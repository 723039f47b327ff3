import type { JobView } from '@fargate-gitlab-runner/emulator-gitlab';
import type { SeenArtifact } from './judge-artifacts.ts';

/** A job that has ended, and all that is left of it. */
export interface SeenJob {
  readonly job: JobView;
  readonly trace: Buffer;
  /** The trace as a person reads it. */
  readonly lines: readonly string[];
  readonly artifacts: readonly SeenArtifact[];
}
