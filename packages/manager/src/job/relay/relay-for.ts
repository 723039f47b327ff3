import { Secret } from '@fargate-gitlab-runner/kernel';
import { compressionLevel } from '../../shell/artifacts/archive-files.ts';
import type { ArtifactWays } from '../../shell/artifacts/artifact-ways.ts';
import { dependenciesWithFiles } from '../../shell/artifacts/download-artifacts.ts';
import { relayPlace } from '../../shell/artifacts/relay.ts';
import { artifactsAt } from '../../shell/artifacts/upload-artifacts.ts';
import type { Directories } from '../../shell/directories.ts';
import { type ResolvedVariable, valueIn } from '../../shell/resolved-variable.ts';
import type { PlannedStage } from '../../shell/stage-plan.ts';
import type { TracedJob } from '../drive/traced-job.ts';
import type { WorkerLink } from '../worker/worker-link.ts';
import { relayDownload } from './relay-download.ts';
import { relayUpload } from './relay-upload.ts';
import { serveRelay } from './serve-relay.ts';
import { tellRelayed } from './tell-relayed.ts';

/** What goes on in the manager while a stage runs, until the signal aborts. */
export type StageCompany = (signal: AbortSignal) => Promise<never>;

/** The relay that a stage needs beside it; undefined for stages that do without. */
export function relayFor(
  stage: PlannedStage,
  of: {
    readonly traced: TracedJob;
    readonly link: WorkerLink;
    readonly ways: ArtifactWays;
    readonly directories: Directories;
    readonly variables: readonly ResolvedVariable[];
  },
): StageCompany | undefined {
  const direction = directionOf(stage);
  if (!direction || of.ways[direction].kind === 'worker') return undefined;
  const { tools, job } = of.traced;
  const { payload, jobId, jobToken } = job.record;
  const moment = stage.kind === 'on_failure' ? 'on_failure' : 'on_success';
  const room = {
    clock: tools.clock,
    link: of.link,
    exchange: tools.artifacts,
    spool: tools.spool,
    place: relayPlace(of.directories),
    job: { id: jobId, token: jobToken },
    artifacts: artifactsAt(moment, payload),
    dependencies: dependenciesWithFiles(payload).map(({ id, token }) => ({
      id,
      token: token === undefined ? jobToken : new Secret(token),
    })),
    level: compressionLevel(valueIn(of.variables, 'ARTIFACT_COMPRESSION_LEVEL')),
    canUnzip: of.ways.canUnzip,
  };
  return (signal) =>
    serveRelay(
      room,
      {
        direction,
        carry: (ask) => (direction === 'upload' ? relayUpload(room, ask, signal) : relayDownload(room, ask, signal)),
        onRelayed: tellRelayed('artifact.relayed', of.traced),
      },
      signal,
    );
}

function directionOf({ name }: PlannedStage): 'upload' | 'download' | undefined {
  if (name === 'download_artifacts') return 'download';
  return name === 'upload_artifacts_on_success' || name === 'upload_artifacts_on_failure' ? 'upload' : undefined;
}
