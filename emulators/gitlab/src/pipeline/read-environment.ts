import { ConfigHash, textOf } from './config-hash.ts';
import { durationSeconds } from './duration.ts';
import type { Place } from './located-yaml.ts';
import type { JobEnvironment } from './pipeline.ts';

const KEYS = ['name', 'url', 'action', 'on_stop', 'auto_stop_in', 'kubernetes', 'deployment_tier'];
const ACTIONS = ['start', 'stop', 'prepare', 'verify', 'access'] as const;
const TIERS = ['production', 'staging', 'testing', 'development', 'other'] as const;
const LONGEST_URL = 255;
const NAME = /^[A-Za-z0-9 _/$\-{}.:]+$/;

/** `environment`: a name, or a map with more. */
export function readEnvironment(job: ConfigHash): JobEnvironment | undefined {
  const node = job.node('environment');
  if (!node) return undefined;
  const place = `${job.place}:environment`;
  const name = textOf(node);
  if (name !== undefined) return checkedName(name, node.at, { place, complaints: job.complaints }) ? { ...PLAIN, name } : undefined;
  if (node.kind !== 'map') {
    job.complaints.invalid(node.at, ' config should be a hash or a string', place);
    return undefined;
  }
  const hash = new ConfigHash({ ...node, place, complaints: job.complaints });
  hash.allow(KEYS);
  const own = hash.text('name');
  if (!hash.has('name')) hash.wrong('name', "can't be blank");
  if (own === undefined || !checkedName(own, hash.node('name')?.at ?? hash.at, hash)) return undefined;
  return {
    name: own,
    url: readUrl(hash),
    action: hash.word('action', ACTIONS, 'should be start, stop, prepare, verify, or access') ?? 'start',
    onStop: hash.text('on_stop'),
    autoStopIn: readAutoStop(hash),
    deploymentTier: hash.word('deployment_tier', TIERS, `must be one of ${TIERS.join(', ')}`),
  };
}

const PLAIN = { url: undefined, action: 'start', onStop: undefined, autoStopIn: undefined, deploymentTier: undefined } as const;

function checkedName(name: string, at: Place, { place, complaints }: Pick<ConfigHash, 'place' | 'complaints'>): boolean {
  if (NAME.test(name) && !/^\/|\/$/.test(name) && name.length <= 255) return true;
  const allowed = "letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces";
  complaints.invalid(at, ` name can contain only ${allowed}, but it cannot start or end with '/'`, place);
  return false;
}

function readUrl(hash: ConfigHash): string | undefined {
  const url = hash.text('url');
  return url !== undefined && url.length > LONGEST_URL ? hash.wrong('url', `is too long (maximum is ${LONGEST_URL} characters)`) : url;
}

function readAutoStop(hash: ConfigHash): string | undefined {
  const text = hash.textOrNumber('auto_stop_in');
  if (text === undefined || text === 'never' || text.includes('$') || durationSeconds(text) !== undefined) return text;
  return hash.wrong('auto_stop_in', 'should be a duration');
}
