import type { Random } from '@fargate-gitlab-runner/kernel';

/** One of these, as often as its weight says. Throws when there is none. */
export function weightedChoice<T>(random: Random, options: readonly T[], weightOf: (option: T) => number): T {
  let left = random.fraction() * options.reduce((sum, option) => sum + weightOf(option), 0);
  for (const option of options) {
    left -= weightOf(option);
    if (left < 0) return option;
  }
  throw new Error('there is nothing to choose from');
}
