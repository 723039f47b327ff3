import type { Rig } from '@fargate-gitlab-runner/testkit';

/** An answer that is none of a good day: who gave it, to what, and how often. */
export interface TroubledAnswer {
  readonly from: 'GitLab' | 'ECS' | 'S3';
  readonly to: string;
  readonly answer: string;
  readonly times: number;
}

const GOOD: readonly string[] = ['200', '201', '202', '204', 'ok'];

/**
 * What managers were answered of which the disturbances are made, as far back as the emulators remember (20,000 requests to GitLab, 10,000 to
 * ECS and S3 each): that a disturbance was ordered does not show that anybody met it.
 */
export async function troubledAnswers({ gitlab, aws }: Pick<Rig, 'gitlab' | 'aws'>): Promise<readonly TroubledAnswer[]> {
  const requests = await gitlab.control.requests();
  return [
    ...counted(
      'GitLab',
      requests.map(({ route, status }) => ({ to: route, answer: status === undefined ? 'none' : String(status) })),
    ),
    ...counted(
      'ECS',
      (await aws.control.calls()).map(({ action, outcome }) => ({ to: action, answer: outcome })),
    ),
    ...counted(
      'S3',
      (await aws.control.s3Calls()).map(({ action, outcome }) => ({ to: action, answer: outcome })),
    ),
  ];
}

function counted(from: TroubledAnswer['from'], answers: readonly Pick<TroubledAnswer, 'to' | 'answer'>[]): TroubledAnswer[] {
  const counts = new Map<string, TroubledAnswer>();
  for (const { to, answer } of answers) {
    if (GOOD.includes(answer)) continue;
    const key = `${to} ${answer}`;
    counts.set(key, { from, to, answer, times: (counts.get(key)?.times ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => (`${a.to} ${a.answer}` < `${b.to} ${b.answer}` ? -1 : 1));
}
