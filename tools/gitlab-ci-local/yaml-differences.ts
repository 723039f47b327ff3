import type { Tree } from './pipeline-view.ts';

type Table = Readonly<Record<string, Tree>>;

/** Keys that gitlab-ci-local leaves out of its preview, because it has put them into the jobs. */
const OLD_DEFAULTS = ['image', 'services', 'cache', 'before_script', 'after_script'];
const ROOT = ['stages', 'variables', 'workflow', 'default'];

/** What differs between two expanded files, whatever way of writing they chose: `<path>: <ours> | <theirs>`. */
export function yamlDifferences(ours: Tree, theirs: Tree): readonly string[] {
  const [one, two] = [flat(alike(ours)), flat(alike(theirs))];
  const paths = [...new Set([...one.keys(), ...two.keys()])];
  return paths.flatMap((path) => (one.get(path) === two.get(path) ? [] : [`${path}: ${one.get(path)} | ${two.get(path)}`]));
}

/** Defaults put into the jobs, and every value in its longer form. */
function alike(tree: Tree): Tree {
  if (!isTable(tree)) return tree;
  const old = Object.entries(tree).filter(([key]) => OLD_DEFAULTS.includes(key));
  const defaults: Table = { ...Object.fromEntries(old), ...(isTable(tree.default) ? tree.default : {}) };
  const whole = { stages: ['build', 'test', 'deploy'], ...tree };
  const entries = Object.entries(whole).flatMap(([key, value]): [string, Tree][] => {
    if (key === 'default' || OLD_DEFAULTS.includes(key)) return [];
    if (key === 'stages') return [[key, withOuterStages(value)]];
    if (key === 'variables') return [[key, texts(value)]];
    if (ROOT.includes(key) || !isTable(value)) return [[key, value]];
    return [[key, jobAlike({ ...inherited(defaults, value), ...value })]];
  });
  return Object.fromEntries(entries);
}

function withOuterStages(stages: Tree): Tree {
  const given = Array.isArray(stages) ? stages.filter((stage) => stage !== '.pre' && stage !== '.post') : [];
  return ['.pre', ...given, '.post'];
}

function inherited(defaults: Table, job: Table): Table {
  const { inherit } = job;
  const wanted = isTable(inherit) ? (inherit.default ?? true) : true;
  return Object.fromEntries(Object.entries(defaults).filter(([key]) => (Array.isArray(wanted) ? wanted.includes(key) : wanted)));
}

function jobAlike(job: Table): Table {
  const entries = Object.entries(job).map(([key, value]): [string, Tree] => [key, LONGER[key]?.(value) ?? value]);
  return Object.fromEntries(entries);
}

const LONGER: Readonly<Record<string, (value: Tree) => Tree>> = {
  script: lines,
  before_script: lines,
  after_script: lines,
  rules: (value) => list(value).flat(9),
  image: named,
  services: (value) => list(value).map(service),
  variables: texts,
  needs: (value) => list(value).map((need) => (isTable(need) ? { artifacts: true, optional: false, ...need } : longNeed(need))),
  cache: (value) => list(value).map((cache) => (isTable(cache) ? { policy: 'pull-push', when: 'on_success', ...cache } : cache)),
  parallel: (value) => (isTable(value) ? { matrix: list(value.matrix ?? []).map(rows) } : value),
};

function longNeed(job: Tree): Tree {
  return { job, artifacts: true, optional: false };
}

function rows(row: Tree): Tree {
  return isTable(row) ? Object.fromEntries(Object.entries(row).map(([key, value]) => [key, list(value)])) : row;
}

function lines(value: Tree): Tree {
  return list(value).flat(9);
}

function named(value: Tree): Tree {
  return isTable(value) ? value : { name: value };
}

function service(value: Tree): Tree {
  return isTable(value) && value.variables !== undefined ? { ...value, variables: texts(value.variables) } : named(value);
}

/** Variables are text in the end; what is not to be expanded has its dollars doubled. */
function texts(value: Tree): Tree {
  if (!isTable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, variableText(each)]));
}

function variableText(value: Tree): Tree {
  if (!isTable(value)) return String(value);
  return value.expand === false ? String(value.value).replaceAll('$', '$$$$') : String(value.value);
}

function list(value: Tree): readonly Tree[] {
  return Array.isArray(value) ? value : [value];
}

function flat(tree: Tree, path = ''): ReadonlyMap<string, string> {
  if (!isTable(tree) && !Array.isArray(tree)) return new Map([[path, JSON.stringify(tree)]]);
  const children = Object.entries(tree);
  if (children.length === 0) return new Map([[path, Array.isArray(tree) ? '[]' : '{}']]);
  return new Map(children.flatMap(([key, value]) => [...flat(value, path === '' ? key : `${path}.${key}`)]));
}

function isTable(value: Tree | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
