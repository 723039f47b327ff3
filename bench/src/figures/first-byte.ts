import type { Figure } from '../figure.ts';
import { firstBytes } from '../first-bytes.ts';

/** From the queue to the first script byte in GitLab's trace, where ECS takes no time and the worker answers at once. */
export const firstByte: Figure = {
  name: 'first-byte',
  withinMs: 360_000,
  measure: async (means) => {
    const { totals, fromAnswer, ...details } = await firstBytes(means, { jobs: means.quick ? 3 : 30, timing: { profile: 'instant' } });
    const figure = 'job available -> first script byte in the trace, ECS instant';
    return {
      rows: [
        { figure, unit: 'ms', target: { must: 'below', limit: 400 }, values: totals },
        { figure: "of it: from GitLab's answer to the poll on", unit: 'ms', values: fromAnswer },
      ],
      details: { ...details, workerKind: means.rigs.workerKind },
    };
  },
};
