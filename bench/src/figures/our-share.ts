import type { Figure } from '../figure.ts';
import { firstBytes } from '../first-bytes.ts';

/** The emulator's profile `realistic`, milliseconds: PROVISIONING until the address is known, PENDING, ACTIVATING until RUNNING. */
const REALISTIC = { provisioningMs: 8000, pendingMs: 4000, activatingMs: 18_000 } as const;
const SCALE = 0.2;
/** Added to ACTIVATING: with one delay for all, every job would meet the manager's pauses between two tries at the same moment. */
const OFFSETS_MS = [0, 400, 800, 1200, 1600];

/**
 * The same where ECS takes a fifth of the time it really takes. An emulated worker, as a real one, answers no SSH before RUNNING: all
 * three delays are ECS's own, and what is left is ours. A rig for each delay, beside each other: they spend their time waiting.
 */
export const ourShare: Figure = {
  name: 'our-share',
  withinMs: 240_000,
  measure: async (means) => {
    const timings = OFFSETS_MS.slice(0, means.quick ? 2 : OFFSETS_MS.length).map((offsetMs) => ({
      provisioningMs: REALISTIC.provisioningMs * SCALE,
      pendingMs: REALISTIC.pendingMs * SCALE,
      activatingMs: REALISTIC.activatingMs * SCALE + offsetMs,
    }));
    const runs = await Promise.all(
      timings.map(async (timing) => {
        const run = await firstBytes(means, { jobs: means.quick ? 1 : 2, timing: { profile: 'realistic', scale: SCALE, ...timing } });
        return { ...run, timing, ecsMs: timing.provisioningMs + timing.pendingMs + timing.activatingMs };
      }),
    );
    return {
      rows: [
        {
          figure: `our share of it on top of ECS's own delays (realistic x ${SCALE})`,
          unit: 'ms',
          target: { must: 'below', limit: 1000 },
          values: runs.flatMap(({ totals, ecsMs }) => totals.map((total) => total - ecsMs)),
        },
        {
          figure: "our share from GitLab's answer to the poll on",
          unit: 'ms',
          values: runs.flatMap(({ fromAnswer, ecsMs }) => fromAnswer.map((ms) => ms - ecsMs)),
        },
      ],
      details: { runs, workerKind: means.rigs.workerKind },
    };
  },
};
