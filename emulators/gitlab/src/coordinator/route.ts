/** What a request is about: the word that faults and findings use. */
export type Route = (typeof ROUTES)[number];

/** All of them. `request` is the job request; `create-runner` and `reset-by-id` are those of a personal access token. */
export const ROUTES = [
  'register',
  'create-runner',
  'verify',
  'unregister',
  'manager',
  'reset',
  'reset-by-id',
  'discovery',
  'request',
  'trace',
  'update',
  'upload',
  'download',
  'git',
  'other',
] as const;

const FIXED: Readonly<Record<string, Route>> = {
  'POST /runners': 'register',
  'POST /user/runners': 'create-runner',
  'POST /runners/verify': 'verify',
  'DELETE /runners': 'unregister',
  'DELETE /runners/managers': 'manager',
  'POST /runners/reset_authentication_token': 'reset',
  'GET /runners/router/discovery': 'discovery',
  'POST /jobs/request': 'request',
};

const OF_A_JOB: Readonly<Record<string, Route>> = {
  'PATCH /trace': 'trace',
  'PUT ': 'update',
  'POST /artifacts': 'upload',
  'GET /artifacts': 'download',
};

/** Which route a request belongs to, and the job it names. */
export function routeOf(method: string, path: string): { readonly route: Route; readonly jobId?: string } {
  const api = /^\/api\/v4(\/.*)$/.exec(path)?.[1];
  if (api === undefined) return { route: /\.git\//.test(path) ? 'git' : 'other' };
  const fixed = FIXED[`${method} ${api}`];
  if (fixed) return { route: fixed };
  if (/^\/runners\/\d+\/reset_authentication_token$/.test(api)) return { route: 'reset-by-id' };
  const [, jobId, rest = ''] = /^\/jobs\/([^/]+)(\/.*)?$/.exec(api) ?? [];
  const ofJob = OF_A_JOB[`${method} ${rest}`];
  return jobId !== undefined && ofJob ? { route: ofJob, jobId } : { route: 'other' };
}
