/** The circumstances in which a pipeline is looked at. */
export interface Occasion {
  readonly name: string;
  /** On top of those of a push to the default branch; `null` takes one away. */
  readonly variables: Readonly<Record<string, string | null>>;
  /** Paths that differ from the default branch. */
  readonly changed?: readonly string[];
}

/** What GitLab would say of a push to the default branch. */
export const PUSH: Readonly<Record<string, string>> = {
  CI_PIPELINE_SOURCE: 'push',
  CI_DEFAULT_BRANCH: 'main',
  CI_COMMIT_BRANCH: 'main',
  CI_COMMIT_REF_NAME: 'main',
  CI_COMMIT_REF_SLUG: 'main',
  CI_COMMIT_MESSAGE: 'A change',
};

const MAIN: Occasion = { name: 'push to main', variables: {} };
const BRANCH: Occasion = {
  name: 'push to a branch',
  variables: { CI_COMMIT_BRANCH: 'new-thing', CI_COMMIT_REF_NAME: 'new-thing', CI_COMMIT_REF_SLUG: 'new-thing' },
};
const SCHEDULE: Occasion = { name: 'schedule', variables: { CI_PIPELINE_SOURCE: 'schedule' } };

function tag(name: string): Occasion {
  return { name: `tag ${name}`, variables: { CI_COMMIT_BRANCH: null, CI_COMMIT_TAG: name, CI_COMMIT_REF_NAME: name } };
}

function mergeRequest(of: Readonly<Record<string, string>>): Occasion {
  const variables = { CI_PIPELINE_SOURCE: 'merge_request_event', CI_COMMIT_BRANCH: null, ...of };
  return { name: `merge request ${Object.values(of).join(' ')}`, variables };
}

/** The folders of `pipelines/`, each with what it is looked at for; the first occasion's expanded YAML is compared as well. */
export const COMPARED_PIPELINES: Readonly<Record<string, readonly Occasion[]>> = {
  'cache-artifacts': [MAIN, BRANCH],
  'default-inherit': [MAIN],
  environments: [MAIN, BRANCH, SCHEDULE],
  graph: [BRANCH, MAIN, { name: 'with mac', variables: { WITH_MAC: 'yes' } }],
  'include-glob': [MAIN],
  'include-inputs': [MAIN, SCHEDULE],
  legacy: [MAIN, tag('v1.0.0')],
  matrix: [MAIN, tag('v2.0.0')],
  'merge-requests': [
    MAIN,
    BRANCH,
    mergeRequest({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'release-2' }),
    mergeRequest({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main', CI_MERGE_REQUEST_LABELS: 'bug,skip-ci' }),
  ],
  monorepo: [
    { ...MAIN, changed: ['packages/shared/index.js'] },
    { ...BRANCH, changed: ['packages/web/src/deep/page.js'] },
    { ...BRANCH, name: 'a branch that changes the api', changed: ['packages/api/index.js'] },
  ],
  pages: [MAIN, BRANCH],
  references: [MAIN, SCHEDULE, { name: 'by hand', variables: { RUN_ALWAYS: '1', CI_COMMIT_BRANCH: 'x' } }],
  release: [tag('v1.2.3'), tag('v1.2.3-rc.1'), MAIN],
  resilience: [MAIN],
  services: [MAIN, { ...BRANCH, name: 'a message', variables: { ...BRANCH.variables, CI_COMMIT_MESSAGE: 'Add a column [MIGRATE]' } }],
  variables: [
    MAIN,
    { name: 'production', variables: { TARGET: 'production', DRY_RUN: 'false' } },
    { name: 'forced', variables: { TARGET: 'production', FORCE: '' } },
  ],
};
