export type { IssueVerdict, RunnerAttributes, RunnerScope, RunnerWish } from './coordinator/runner-management.ts';
export { createRunner, type RunnerCreation } from './create-runner.ts';
export type { Registrar, UnregisterVerdict } from './flow/registrar.ts';
export type { RunnerStanding } from './flow/runner-key.ts';
export { makeManager, makeReaper, makeRegistrar, type ManagerInput } from './main.ts';
export type { Manager } from './manager.ts';
export type { EmitEvent, ManagerEvent } from './telemetry/manager-event.ts';
export { openTelemetry, type Telemetry } from './telemetry/telemetry.ts';
