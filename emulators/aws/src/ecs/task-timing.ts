import type { Fields } from '../json-fields.ts';

/** How long a task stays in each state, in milliseconds. */
export interface TaskTiming {
  /** PROVISIONING: until the network interface is attached and its address is known. */
  readonly provisioningMs: number;
  /** PENDING: waiting for a machine. */
  readonly pendingMs: number;
  /** ACTIVATING: pulling and creating the containers. */
  readonly activatingMs: number;
  /** DEACTIVATING. */
  readonly deactivatingMs: number;
  /** STOPPING: between SIGTERM and SIGKILL, if the containers take that long (`stopTimeout`). */
  readonly stopGraceMs: number;
  /** DEPROVISIONING: until the network interface is gone. */
  readonly deprovisioningMs: number;
}

/** `instant`: no waits at all; `realistic`: the middle of what is reported for a 200-300 MB image in eu regions, 30 s to RUNNING. */
export const TIMING_PROFILES = {
  instant: { provisioningMs: 0, pendingMs: 0, activatingMs: 0, deactivatingMs: 0, stopGraceMs: 0, deprovisioningMs: 0 },
  realistic: {
    provisioningMs: 8000,
    pendingMs: 4000,
    activatingMs: 18_000,
    deactivatingMs: 1000,
    stopGraceMs: 30_000,
    deprovisioningMs: 15_000,
  },
} as const;

/** What an option document may say about timing: a profile, a factor for all of it, and single values that win. */
export interface TimingInput extends Partial<TaskTiming> {
  readonly profile?: 'instant' | 'realistic';
  /** Multiplies the profile's values; 1 when absent. */
  readonly scale?: number;
}

/** Reads a TimingInput; absent means `instant`. */
export function taskTiming(fields: Fields | undefined): TaskTiming {
  const profile = TIMING_PROFILES[fields?.optionalOneOf('profile', ['instant', 'realistic']) ?? 'instant'];
  const scale = fields?.optionalNumber('scale') ?? 1;
  const of = (name: keyof TaskTiming) => fields?.optionalNumber(name) ?? profile[name] * scale;
  return {
    provisioningMs: of('provisioningMs'),
    pendingMs: of('pendingMs'),
    activatingMs: of('activatingMs'),
    deactivatingMs: of('deactivatingMs'),
    stopGraceMs: of('stopGraceMs'),
    deprovisioningMs: of('deprovisioningMs'),
  };
}
