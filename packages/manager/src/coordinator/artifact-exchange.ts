import type { JobCredentials } from './coordinator.ts';

/**
 * Port: GitLab as the keeper of artifacts, for workers whose artifacts go through the manager. Each call is one try; tries are repeated by
 * whoever calls. Throws an aborted signal's reason, and what the caller's own streams throw; everything else is a verdict.
 */
export interface ArtifactExchange {
  upload(job: JobCredentials, file: ArtifactFile, signal: AbortSignal): Promise<UploadVerdict>;
  /** Asks for the archive of a job; `take` gets its bytes and is awaited. */
  download(job: JobCredentials, of: ArtifactWanted, signal: AbortSignal): Promise<DownloadVerdict>;
}

/** One file to upload. Options that are empty are left out. `origin`: scheme and host to go to instead of the configured ones. */
export interface ArtifactFile {
  readonly options: Readonly<Partial<Record<'artifact_format' | 'artifact_type' | 'expire_in', string>>>;
  readonly filename: string;
  /** Read once, no faster than GitLab takes it. */
  readonly content: AsyncIterable<Uint8Array>;
  readonly origin?: string;
}

/** `isDirect`: GitLab may send us on to its object storage. */
export interface ArtifactWanted {
  readonly isDirect: boolean;
  take(bytes: AsyncIterable<Uint8Array>): Promise<void>;
}

/** `waitMs`: how long GitLab wants us to wait. `status`: 0 without an answer. `cause`: for people. */
interface Failed {
  readonly status: number;
  readonly cause: string;
  readonly waitMs?: number;
}

/**
 * `moved`: the same upload belongs to that scheme and host. `exists`: GitLab has another file of this type for the job. `refused`: no try
 * will change it. `failed`: another try may.
 */
export type UploadVerdict =
  | { readonly kind: 'stored'; readonly cause: string }
  | { readonly kind: 'moved'; readonly origin: string; readonly cause: string; readonly status: number }
  | ({ readonly kind: 'exists' | 'refused' | 'failed' } & Failed);

/** `refused`: the archive is not there or not for us, whatever we do. `failed`: another try may bring it. */
export type DownloadVerdict = { readonly kind: 'received'; readonly cause: string } | ({ readonly kind: 'refused' | 'failed' } & Failed);
