import type { Complaints } from './complaints.ts';
import { ConfigHash } from './config-hash.ts';
import { durationSeconds } from './duration.ts';
import type { Located } from './located-yaml.ts';
import type { JobArtifacts, JobReport } from './pipeline.ts';
import { REPORT_FORMATS } from './report-formats.ts';

const KEYS = ['name', 'untracked', 'paths', 'reports', 'when', 'expire_in', 'expose_as', 'exclude', 'public', 'access'];

/** `artifacts` of a job or of `default`. */
export function readArtifacts(node: Located, place: string, complaints: Complaints): JobArtifacts | undefined {
  const hash = ConfigHash.of(node, place, complaints);
  if (!hash) return undefined;
  hash.allow(KEYS);
  const isPublic = hash.flag('public');
  const both = [...hash.entries.keys()].filter((key) => key === 'access' || key === 'public');
  if (both.length > 1) hash.complaints.invalid(hash.at, ` config these keys cannot be used together: ${both.join(', ')}`, place);
  return {
    name: hash.text('name'),
    paths: hash.strings('paths') ?? [],
    exclude: hash.strings('exclude') ?? [],
    untracked: hash.flag('untracked') ?? false,
    when: hash.word('when', ['on_success', 'on_failure', 'always']) ?? 'on_success',
    expireIn: readExpiry(hash),
    exposeAs: readExposed(hash),
    access: hash.word('access', ['none', 'developer', 'maintainer', 'all']) ?? (isPublic === false ? 'developer' : 'all'),
    reports: readReports(hash),
  };
}

function readExpiry(hash: ConfigHash): string | undefined {
  const text = hash.textOrNumber('expire_in');
  if (text === undefined || text === 'never' || durationSeconds(text) !== undefined) return text;
  return hash.wrong('expire_in', 'should be a duration');
}

function readExposed(hash: ConfigHash): string | undefined {
  const name = hash.text('expose_as');
  if (name === undefined) return undefined;
  if (!/^[\w -]{1,100}$/.test(name)) return hash.wrong('expose_as', "can contain only letters, digits, '-', '_' and spaces");
  if (!hash.has('paths')) hash.wrong('paths', "can't be blank");
  return name;
}

function readReports(artifacts: ConfigHash): readonly JobReport[] {
  const hash = artifacts.hash('reports');
  if (!hash) return [];
  hash.allow([...Object.keys(REPORT_FORMATS), 'coverage_report']);
  return [...hash.entries.keys()].flatMap((type) => {
    if (type === 'coverage_report') return coverage(hash);
    const paths = Object.hasOwn(REPORT_FORMATS, type) ? hash.strings(type, { orOne: true }) : undefined;
    return paths ? [{ type, paths }] : [];
  });
}

function coverage(reports: ConfigHash): readonly JobReport[] {
  const hash = reports.hash('coverage_report');
  if (!hash) return [];
  hash.allow(['coverage_format', 'path']);
  hash.require(['coverage_format', 'path']);
  const format = hash.word('coverage_format', ['cobertura', 'jacoco']);
  const path = hash.text('path');
  return format === undefined || path === undefined ? [] : [{ type: format, paths: [path] }];
}
