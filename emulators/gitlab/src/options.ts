import { DEFAULT_SETTINGS, type EmulatorSettings } from './coordinator/settings.ts';
import { number, object, oneOf, optional, text, yesNo } from './wire/shape.ts';

const shape = object({
  tls: optional(object({ certFile: text, keyFile: text, clientCaFile: optional(text) })),
  artifactLimitBytes: optional(number),
  serverTimeoutGraceMs: optional(number),
  pendingTraceMs: optional(number),
  tokenLifetimeSeconds: optional(number),
  managerRefreshMs: optional(number),
  rateLimitHeaders: optional(oneOf(['application', 'proxy'])),
  twoPhaseCommit: optional(yesNo),
  areArtifactsRemote: optional(yesNo),
  host: optional(text),
  port: optional(number),
  firstJobId: optional(text),
  longPollMs: optional(number),
  updateIntervalSeconds: optional(number),
  traceLimitBytes: optional(number),
  noUpdateTimeoutMs: optional(number),
  stuckTimeoutMs: optional(number),
  acceptedRepeats: optional(number),
  jobTimeoutSeconds: optional(number),
  rateLimits: optional(object({ requestPerMinute: number, tracePerMinute: number, jobPerMinute: number })),
  recordedRequests: optional(number),
  exitWithParent: optional(yesNo),
});

/** Reads the JSON argument of `main` and fills in the defaults. Throws a `CodedError` when a field has a wrong type. */
export function readOptions(json: string): EmulatorSettings {
  return { ...DEFAULT_SETTINGS, ...shape.read(JSON.parse(json), 'options') };
}
