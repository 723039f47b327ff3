import type { Rig } from '@fargate-gitlab-runner/testkit';
import type { Figure } from '../figure.ts';
import { jobTimes } from '../job-times.ts';
import { spreadOf } from '../statistics.ts';

const STAGES = 10;

/** What ten stages that do nothing add to a job. The compared job has no steps: both have the stages that every job has. */
export const tenStages: Figure = {
  name: 'ten-stages',
  withinMs: 120_000,
  measure: async ({ quick, rigs }) => {
    const rig = await rigs.start({ gitlab: { updateIntervalSeconds: 3 } });
    await rig.startManager();
    await runMs(rig, 1);
    const pairs: { readonly ten: number; readonly empty: number }[] = [];
    for (let n = 0; n < (quick ? 2 : 10); n++) pairs.push({ empty: await runMs(rig, 0), ten: await runMs(rig, STAGES) });
    await rigs.end(rig);
    return {
      rows: [
        {
          figure: `manager time added to a job by ${STAGES} stages`,
          unit: 'ms',
          target: { must: 'below', limit: 1000 },
          values: pairs.map(({ ten, empty }) => ten - empty),
        },
      ],
      details: {
        tenStagesMs: spreadOf(pairs.map(({ ten }) => ten)),
        emptyJobMs: spreadOf(pairs.map(({ empty }) => empty)),
        workerKind: rigs.workerKind,
      },
    };
  },
};

/** Milliseconds from running to success of a job with so many steps. */
async function runMs(rig: Rig, stages: number): Promise<number> {
  const steps = Array.from({ length: stages }, (_, at) => ({
    name: `part${at + 1}`,
    script: ['true'],
    timeout: 3600,
    when: 'on_success',
    allow_failure: false,
  }));
  const { runningAt, endedAt } = await jobTimes(rig, { payload: { steps } });
  return endedAt - runningAt;
}
