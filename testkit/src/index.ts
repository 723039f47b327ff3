export { closeRig } from './close-rig.ts';
export { everyTaskStopped } from './every-task-stopped.ts';
export { leftovers } from './leftovers.ts';
export { printed } from './printed.ts';
export { type ProgramEnd, programEnd } from './program-end.ts';
export { builtProgram, type LoggedEvent, type ManagerUnderTest, Rig, type RigOptions } from './rig.ts';
export { type EndedJob, endedJob, runJob } from './run-job.ts';
export { traceLines, traceText } from './trace-text.ts';
export { assertWholeTrace } from './whole-trace.ts';
