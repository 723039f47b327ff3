import type { OutageSpec } from './views.ts';

/** What control may do to GitLab's own address. Control itself stays reachable at its own. */
export interface Outage {
  /** Takes the address away; resolves once it is gone. */
  down(how: OutageSpec['how']): Promise<void>;
  /** Brings it back at the same port. */
  up(): Promise<void>;
}
