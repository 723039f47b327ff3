export { makeManager, makeReaper, type ManagerInput } from './main.ts';
export type { Manager } from './manager.ts';
export type { EmitEvent, ManagerEvent } from './telemetry/manager-event.ts';
export { openTelemetry, type Telemetry } from './telemetry/telemetry.ts';
