import type { JsonValue } from '../wire/json-text.ts';
import { isObject } from '../wire/shape.ts';
import { FEATURE_KEYS } from './feature.ts';
import type { Route } from './route.ts';

/** A request to the runner API as it arrived. Header names are lower case. */
export interface ApiRequest {
  readonly route: Route;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Buffer;
  /** The body, if it is JSON. */
  readonly json: JsonValue | undefined;
}

/** One broken rule: a stable name and what was seen. */
export type BrokenRule = readonly [rule: string, detail: string];

const MAX_PATCH_BYTES = 1024 * 1024;
const USER_AGENT = /^\S+ \S+ \(.+; .+; \S+\/\S+\)$/;
const REQUEST_ID = /^[0-9a-f]{32}$/;
const SYSTEM_ID = /^[sr]_[0-9a-zA-Z]{12}$/;

/** What is wrong with a request in form, whatever the state of the job. An empty list means a well-behaved client. */
export function judgeRequest(request: ApiRequest): readonly BrokenRule[] {
  if (request.route === 'git' || request.route === 'other') return [];
  return [...judgeIdentity(request.headers), ...judgeByRoute(request)];
}

function judgeByRoute(request: ApiRequest): readonly BrokenRule[] {
  switch (request.route) {
    case 'verify':
    case 'request':
      return [...judgeAccept(request, true), ...judgeJson(request, 'runner-token'), ...judgeInfo(request), ...judgeSystemId(request)];
    case 'register':
      return [...judgeAccept(request, true), ...judgeJson(request, 'runner-token'), ...judgeInfo(request)];
    case 'reset':
      return [...judgeAccept(request, true), ...judgeJson(request)];
    case 'update':
      return [...judgeAccept(request, false), ...judgeJson(request, 'job-token'), ...judgeInfo(request)];
    case 'unregister':
    case 'manager':
      return [...judgeAccept(request, false), ...judgeJson(request, 'runner-token')];
    case 'trace':
      return [...judgeAccept(request, false), ...judgePatch(request)];
    case 'create-runner':
    case 'reset-by-id':
    case 'discovery':
      return judgeAccept(request, true);
    case 'upload':
      return [...judgeAccept(request, false), ...judgeUpload(request)];
    case 'download':
      return judgeAccept(request, false);
    case 'git':
    case 'other':
      return [];
  }
}

function judgeIdentity(headers: Headers): readonly BrokenRule[] {
  return [
    ...broken('user-agent', !USER_AGENT.test(headers.get('user-agent') ?? ''), `User-Agent is ${headers.get('user-agent')}`),
    ...broken('request-id', !REQUEST_ID.test(headers.get('x-request-id') ?? ''), `X-Request-Id is ${headers.get('x-request-id')}`),
  ];
}

function judgeAccept({ headers }: ApiRequest, isWanted: boolean): readonly BrokenRule[] {
  const isSent = headers.get('accept')?.includes('application/json') === true;
  return broken('accept', isSent !== isWanted, `Accept is ${headers.get('accept')}`);
}

/** Without `tokenHeader`, the token belongs into the body alone. */
function judgeJson({ headers, json }: ApiRequest, tokenHeader?: string): readonly BrokenRule[] {
  const type = headers.get('content-type');
  const wrongType = broken('content-type', mediaType(type) !== 'application/json', `Content-Type is ${type}`);
  if (tokenHeader === undefined) return [...wrongType, ...broken('token-header', headers.has('runner-token'), 'RUNNER-TOKEN is sent')];
  const isSame = headers.get(tokenHeader) === (isObject(json) ? json.token : undefined);
  return [...wrongType, ...broken('token-header', !isSame, `${tokenHeader} and the token of the body are not the same`)];
}

function judgeInfo({ json }: ApiRequest): readonly BrokenRule[] {
  const info = isObject(json) ? json.info : undefined;
  if (!isObject(info)) return [['info', 'info is missing']];
  const features = isObject(info.features) ? info.features : {};
  const missing = FEATURE_KEYS.filter((key) => typeof features[key] !== 'boolean');
  const config = info.config;
  return [
    ...broken('info-features', missing.length > 0, `not sent as true or false: ${missing.join(', ')}`),
    ...broken('info-config', !isObject(config) || typeof config.gpus !== 'string', 'info.config.gpus is not a string'),
  ];
}

function judgeSystemId({ json }: ApiRequest): readonly BrokenRule[] {
  const systemId = isObject(json) ? json.system_id : undefined;
  return broken('system-id', typeof systemId !== 'string' || !SYSTEM_ID.test(systemId), `system_id is ${String(systemId)}`);
}

function judgePatch({ headers, query, body }: ApiRequest): readonly BrokenRule[] {
  const range = /^(\d+)-(\d+)$/.exec(headers.get('content-range') ?? '');
  const end = Number(range?.[1]) + body.length - 1;
  return [
    ...broken('content-type', mediaType(headers.get('content-type')) !== 'text/plain', `Content-Type is ${headers.get('content-type')}`),
    ...broken('content-range', Number(range?.[2]) !== end, `Content-Range is ${headers.get('content-range')} with ${body.length} bytes`),
    ...broken('empty-patch', body.length === 0, 'PATCH without a byte'),
    ...broken('patch-too-big', body.length > MAX_PATCH_BYTES, `PATCH of ${body.length} bytes`),
    ...broken('debug-trace', !/^(true|false)$/.test(query.get('debug_trace') ?? ''), `debug_trace is ${query.get('debug_trace')}`),
  ];
}

function judgeUpload({ headers, query }: ApiRequest): readonly BrokenRule[] {
  const type = headers.get('content-type');
  const empty = [...query].filter(([, value]) => value === '').map(([key]) => key);
  return [
    ...broken('content-type', mediaType(type) !== 'multipart/form-data', `Content-Type is ${type}`),
    ...broken('empty-option', empty.length > 0, `options without a value: ${empty.join(', ')}`),
  ];
}

function mediaType(contentType: string | null): string | undefined {
  return contentType?.split(';')[0]?.trim().toLowerCase();
}

function broken(rule: string, isBroken: boolean, detail: string): readonly BrokenRule[] {
  return isBroken ? [[rule, detail]] : [];
}
