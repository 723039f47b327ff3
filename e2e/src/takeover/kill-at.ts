import type { LoggedEvent, ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import { until } from './until.ts';

/** Resolves when the manager has logged an event with these fields. */
export async function untilLogged(manager: ManagerUnderTest, wanted: Readonly<Record<string, string>>): Promise<void> {
  const isWanted = (event: LoggedEvent) => Object.entries(wanted).every(([key, value]) => event.get(key) === value);
  await until(async () => (await manager.events()).some(isWanted), `${JSON.stringify(wanted)} is logged`, 2);
}

/** Kills the manager as soon as it has logged an event with these fields. */
export async function killAt(manager: ManagerUnderTest, wanted: Readonly<Record<string, string>>): Promise<void> {
  await untilLogged(manager, wanted);
  await manager.kill('SIGKILL');
}
