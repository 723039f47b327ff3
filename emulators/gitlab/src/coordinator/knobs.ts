import type { EmulatorSettings, RateLimits } from './settings.ts';

/** What tests may turn while the server runs. It starts as the settings have it. */
export interface Knobs {
  /** See `EmulatorSettings`; a request that is held already ends as it began. */
  longPollMs: number;
  /** Sent as `X-GitLab-Trace-Update-Interval` while nobody looks at the job's page. */
  updateIntervalSeconds: number;
  traceLimitBytes: number;
  artifactLimitBytes: number;
  /** So many of the next final updates are answered 412, and the trace is forgotten, so that all of it is sent again. */
  rejectedFinals: number;
  /** So many 202s come before a final update is applied. */
  acceptedRepeats: number;
  /** A final update is answered 202 until so long after the first one. */
  pendingTraceMs: number;
  /** Of tokens that are issued from now on; 0 = they do not expire. */
  tokenLifetimeSeconds: number;
  /** Whether `POST /runners` with a registration token is allowed; otherwise 410. */
  isRegistrationAllowed: boolean;
  /** Every endpoint of runners answers 429, as GitLab does during some migrations. */
  isMigrating: boolean;
  rateLimits: RateLimits;
  /** Jobs stay pending and reserved until `PUT running`, as GitLab 18.5 to 18.8 could be told to. */
  twoPhaseCommit: boolean;
  /** Whether artifacts lie in an object storage, so that `direct_download` is answered 302. */
  areArtifactsRemote: boolean;
}

/** The knobs as the settings have them. */
export function knobsOf(settings: EmulatorSettings): Knobs {
  return { ...settings, rejectedFinals: 0, isRegistrationAllowed: true, isMigrating: false };
}
