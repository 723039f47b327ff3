import { describe, expect, it } from 'vitest';
import { type PipelineOrigin, pipelineVariables } from './pipeline-variables.ts';
import { NO_COMMIT } from './source-commit.ts';

const PUSH: PipelineOrigin = {
  url: 'http://gitlab.test:8080',
  project: { id: 42, path: 'group/sub/Tool', defaultBranch: 'main' },
  commit: { ...NO_COMMIT, ref: 'feature/Größe', sha: 'abcdef0123456789', message: 'Title\n\nMore' },
  source: 'push',
};
const MERGE_REQUEST: PipelineOrigin = {
  ...PUSH,
  source: 'merge_request_event',
  commit: { ...PUSH.commit, mergeRequest: { targetBranch: 'main', diffBaseSha: '0123' } },
};

describe('variables of a pipeline', () => {
  it('name project, commit and branch', () => {
    expect(pipelineVariables(PUSH)).toMatchObject({
      CI_PROJECT_PATH: 'group/sub/Tool',
      CI_PROJECT_PATH_SLUG: 'group-sub-tool',
      CI_PROJECT_NAMESPACE: 'group/sub',
      CI_PROJECT_ROOT_NAMESPACE: 'group',
      CI_COMMIT_SHORT_SHA: 'abcdef01',
      CI_COMMIT_TITLE: 'Title',
      CI_COMMIT_DESCRIPTION: 'More',
      CI_COMMIT_BRANCH: 'feature/Größe',
      CI_PIPELINE_SOURCE: 'push',
      CI_SERVER_FQDN: 'gitlab.test:8080',
    });
  });

  it('of a merge request name where it comes from and goes to, and no branch', () => {
    const variables = pipelineVariables(MERGE_REQUEST);
    expect(variables).toMatchObject({
      CI_MERGE_REQUEST_IID: '1',
      CI_MERGE_REQUEST_EVENT_TYPE: 'detached',
      CI_MERGE_REQUEST_REF_PATH: 'refs/merge-requests/1/head',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'feature/Größe',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: '0123',
      CI_MERGE_REQUEST_PROJECT_PATH: 'group/sub/Tool',
      CI_MERGE_REQUEST_SOURCE_PROJECT_URL: 'http://gitlab.test:8080/group/sub/Tool',
      CI_MERGE_REQUEST_TITLE: 'Title',
      CI_OPEN_MERGE_REQUESTS: 'group/sub/Tool!1',
    });
    expect(variables).not.toHaveProperty('CI_COMMIT_BRANCH');
  });

  it('of anything else know of no merge request', () => {
    expect(Object.keys(pipelineVariables(PUSH)).filter((key) => key.includes('MERGE_REQUEST'))).toEqual([]);
  });
});
