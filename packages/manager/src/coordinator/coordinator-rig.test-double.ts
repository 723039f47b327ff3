import { Scope, Secret, seededRandom } from '@fargate-gitlab-runner/kernel';
import type { JobCredentials, RunnerCredentials } from './coordinator.ts';
import { GitlabApi } from './gitlab-api.ts';
import { HttpCoordinator } from './http-coordinator.ts';
import { HurriedClock } from './hurried-clock.test-double.ts';
import { RecordingServer, type Reply } from './recording-server.test-double.ts';

export const aRunner: RunnerCredentials = { name: 'dev_tool1', token: new Secret('glrt-t1_aaaaaaaaaaaaaaaaaaaa') };
export const aJob: JobCredentials = { id: '4101', token: new Secret('glcbt-64_aaaaaaaaaaaaaaaaaaaa') };
export const never = new AbortController().signal;
export const anUpdate = { state: 'running' } as const;

/** A coordinator against a server that gives these replies. To be disposed. */
export async function startRig(...replies: readonly Reply[]) {
  const scope = new Scope();
  const clock = new HurriedClock();
  const server = scope.use('server', await RecordingServer.open(...replies));
  const settings = { url: server.url, systemId: 'r_0123456789ab', version: '1.2.3', revision: 'abcdef12' };
  const coordinator = scope.use('coordinator', new HttpCoordinator(new GitlabApi(settings, { clock, random: seededRandom(1) })));
  return { coordinator, server, clock, [Symbol.asyncDispose]: () => scope.close() };
}
