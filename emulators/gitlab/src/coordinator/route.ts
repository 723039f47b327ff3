/** What a request is about: the word that faults and findings use. */
export type Route = 'verify' | 'request' | 'trace' | 'update' | 'manager' | 'git' | 'other';

/** Which route a request belongs to, and the job it names. */
export function routeOf(method: string, path: string): { readonly route: Route; readonly jobId?: string } {
  const job = /^\/api\/v4\/jobs\/([^/]+)(\/trace)?$/.exec(path);
  if (method === 'POST' && path === '/api/v4/runners/verify') return { route: 'verify' };
  if (method === 'POST' && path === '/api/v4/jobs/request') return { route: 'request' };
  if (method === 'DELETE' && path === '/api/v4/runners/managers') return { route: 'manager' };
  if (method === 'PATCH' && job?.[1] && job[2]) return { route: 'trace', jobId: job[1] };
  if (method === 'PUT' && job?.[1] && !job[2]) return { route: 'update', jobId: job[1] };
  return { route: /\.git\//.test(path) ? 'git' : 'other' };
}
