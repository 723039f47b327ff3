export { FAILURE_REASONS, type FailureReason, reasonFor } from './failure-reason.ts';
export { type JobPayload, type JobStep, type JobVariable, type ParsedJob, parseJobPayload } from './job-payload.ts';
export { featuresOf, type RunnerFeature, type RunnerInfo } from './runner-info.ts';
