export { closeRig } from './close-rig.ts';
export { type KnownNames, type ResolvedResource, resolvedTemplate } from './cloudformation/resolved-template.ts';
export { everyTaskStopped } from './every-task-stopped.ts';
export { leftovers } from './leftovers.ts';
export { printed } from './printed.ts';
export { type ProgramEnd, programEnd } from './program-end.ts';
export {
  builtProgram,
  CACHE_BUCKET,
  type LoggedEvent,
  type ManagerStart,
  type ManagerUnderTest,
  Rig,
  type RigOptions,
  SLIM_FAMILY,
} from './rig.ts';
export type { RigStoreKind } from './rig-records.ts';
export { type EndedJob, endedJob, runJob } from './run-job.ts';
export { TERRAFORM, type TerraformEnd, TerraformScratch } from './terraform/terraform.ts';
export { traceLines, traceText } from './trace-text.ts';
export { assertWholeTrace } from './whole-trace.ts';
export { workingCommit } from './working-commit.ts';
