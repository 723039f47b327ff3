import type { JsonValue } from '../wire/json-text.ts';
import type { JsonBody } from './json-body.ts';
import { DEFAULT_RUNNER_RULES, type RunnerRules } from './runner.ts';

const MAX_NOTE = 1024;
const MAX_TAGS = 50;
const MIN_TIMEOUT_SECONDS = 600;

/** What a registration asks for, or the body of the 400. */
export type WantedRunner = { readonly kind: 'rules'; readonly rules: RunnerRules } | { readonly kind: 'refused'; readonly body: JsonValue };

/** Reads the attributes that `POST /runners` and `POST /user/runners` have in common. Parameters are checked before values. */
export function wantedRunner(body: JsonBody): WantedRunner {
  const wrong = wrongParameter(body);
  if (wrong !== undefined) return { kind: 'refused', body: { error: wrong } };
  const tags = tagsOf(body);
  const active = yesNo(body, 'active');
  const rules: RunnerRules = {
    ...DEFAULT_RUNNER_RULES,
    description: body.text('description') ?? '',
    tags,
    runUntagged: yesNo(body, 'run_untagged') ?? true,
    paused: yesNo(body, 'paused') ?? (active === undefined ? false : !active),
    locked: yesNo(body, 'locked') ?? false,
    accessLevel: body.text('access_level') === 'ref_protected' ? 'ref_protected' : 'not_protected',
    maximumTimeout: body.number('maximum_timeout'),
    maintenanceNote: body.text('maintenance_note') ?? body.text('maintainer_note'),
  };
  const message = invalidValues(rules);
  return Object.keys(message).length > 0 ? { kind: 'refused', body: { message } } : { kind: 'rules', rules };
}

function wrongParameter(body: JsonBody): string | undefined {
  for (const [one, other] of [
    ['active', 'paused'],
    ['maintainer_note', 'maintenance_note'],
  ] as const) {
    if (body.value(one) !== null && body.value(other) !== null) return `${one}, ${other} are mutually exclusive`;
  }
  const level = body.value('access_level');
  if (level !== null && level !== 'not_protected' && level !== 'ref_protected') return 'access_level does not have a valid value';
  for (const key of ['run_untagged', 'locked', 'paused', 'active']) {
    if (body.value(key) !== null && yesNo(body, key) === undefined) return `${key} is invalid`;
  }
  if (body.value('maximum_timeout') !== null && body.number('maximum_timeout') === undefined) return 'maximum_timeout is invalid';
  return undefined;
}

function invalidValues({ tags, runUntagged, maximumTimeout, maintenanceNote }: RunnerRules): Readonly<Record<string, readonly string[]>> {
  const tagList = [
    ...(!runUntagged && tags.length === 0 ? ['can not be empty when runner is not allowed to pick untagged jobs'] : []),
    ...(tags.length > MAX_TAGS ? [`Too many tags specified. Please limit the number of tags to ${MAX_TAGS}`] : []),
  ];
  return {
    ...(tagList.length > 0 ? { tags_list: tagList } : {}),
    ...((maximumTimeout ?? MIN_TIMEOUT_SECONDS) < MIN_TIMEOUT_SECONDS ? { maximum_timeout: ['needs to be at least 10 minutes'] } : {}),
    ...((maintenanceNote ?? '').length > MAX_NOTE ? { maintenance_note: [`is too long (maximum is ${MAX_NOTE} characters)`] } : {}),
  };
}

/** A comma-separated text, as runners send it, or an array. */
function tagsOf(body: JsonBody): readonly string[] {
  const list = body.value('tag_list');
  const words = Array.isArray(list) ? list.map(String) : typeof list === 'string' ? list.split(',') : [];
  return [...new Set(words.map((word) => word.trim()).filter((word) => word !== ''))];
}

function yesNo(body: JsonBody, key: string): boolean | undefined {
  const value = body.value(key);
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' ? false : undefined;
}
