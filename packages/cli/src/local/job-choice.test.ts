import { describe, expect, it } from 'vitest';
import { chooseJobs } from './job-choice.ts';

const job = (name: string, needs?: readonly string[], group = name) => ({ name, group, needs: needs?.map((need) => ({ job: need })) });
const jobs = [
  job('compile'),
  job('unit 1/2', ['compile'], 'unit'),
  job('unit 2/2', ['compile'], 'unit'),
  job('pack', ['unit 1/2', 'unit 2/2']),
  job('lint'),
  job('deploy', ['pack']),
];
const chosen = (...names: string[]) => chooseJobs(jobs, names).map(({ name }) => name);

describe('the chosen jobs', () => {
  it('brings all that they need, directly or not, in the order of the pipeline', () => {
    expect(chosen('deploy')).toEqual(['compile', 'unit 1/2', 'unit 2/2', 'pack', 'deploy']);
    expect(chosen('lint', 'unit 2/2')).toEqual(['compile', 'unit 2/2', 'lint']);
  });

  it('means every job of a parallel group by the name in the file', () => {
    expect(chosen('unit')).toEqual(['compile', 'unit 1/2', 'unit 2/2']);
  });

  it('ends where jobs need one another', () => {
    const circle = [job('a', ['b']), job('b', ['a'])];
    expect(chooseJobs(circle, ['a'])).toEqual(circle);
  });

  it('names every unknown job, with those that are like it', () => {
    expect(() => chosen('Depoly', 'lint', 'quite different')).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ code: 'FR_LOCAL_UNKNOWN_JOB', given: 'Depoly', allowed: 'is it deploy?' }),
          expect.objectContaining({ given: 'quite different', allowed: 'compile, unit 1/2, unit, unit 2/2, pack, lint, deploy' }),
        ],
      }),
    );
  });
});
