import type { Secret } from '@fargate-gitlab-runner/kernel';
import type { GitlabApi } from './gitlab-api.ts';
import type { IssueVerdict, RemoveVerdict, RunnerAttributes, RunnerManagement, RunnerScope, RunnerWish } from './runner-management.ts';
import { verdictOfIssue, verdictOfRemoval } from './verdict-of-management.ts';

/** Runner management over HTTP. The connections are those of the API it is given. */
export class HttpRunnerManagement implements RunnerManagement {
  readonly #api: GitlabApi;

  constructor(api: GitlabApi) {
    this.#api = api;
  }

  async register(registrationToken: Secret, attributes: RunnerAttributes, signal: AbortSignal): Promise<IssueVerdict> {
    const token = registrationToken.reveal();
    const { tags, ...rest } = wireAttributes(attributes);
    const tagList = tags.length > 0 ? { tag_list: tags.join(',') } : {};
    const jsonBody = { token, info: this.#api.info, ...tagList, ...rest };
    const call = { method: 'POST', path: 'runners', headers: { 'RUNNER-TOKEN': token }, jsonBody, wantsJson: true } as const;
    return verdictOfIssue(await this.#api.send(call, signal));
  }

  async create(personalToken: Secret, wish: RunnerWish, signal: AbortSignal): Promise<IssueVerdict> {
    const { tags, ...rest } = wireAttributes(wish);
    const jsonBody = { ...wireScope(wish.scope), tag_list: tags, ...rest };
    const headers = { 'PRIVATE-TOKEN': personalToken.reveal() };
    return verdictOfIssue(await this.#api.send({ method: 'POST', path: 'user/runners', headers, jsonBody, wantsJson: true }, signal));
  }

  /** The token stands in the body only. */
  async resetToken(token: Secret, signal: AbortSignal): Promise<IssueVerdict> {
    const jsonBody = { token: token.reveal() };
    const call = { method: 'POST', path: 'runners/reset_authentication_token', headers: {}, jsonBody, wantsJson: true } as const;
    return verdictOfIssue(await this.#api.send(call, signal));
  }

  async resetTokenOf(runnerId: string, personalToken: Secret, signal: AbortSignal): Promise<IssueVerdict> {
    const path = `runners/${encodeURIComponent(runnerId)}/reset_authentication_token`;
    const headers = { 'PRIVATE-TOKEN': personalToken.reveal() };
    return verdictOfIssue(await this.#api.send({ method: 'POST', path, headers, jsonBody: {}, wantsJson: true }, signal));
  }

  async unregister(token: Secret, signal: AbortSignal): Promise<RemoveVerdict> {
    return this.#remove('runners', { token: token.reveal() }, signal);
  }

  async unregisterManager(token: Secret, systemId: string, signal: AbortSignal): Promise<RemoveVerdict> {
    return this.#remove('runners/managers', { token: token.reveal(), system_id: systemId }, signal);
  }

  async #remove(
    path: string,
    jsonBody: { readonly token: string; readonly system_id?: string },
    signal: AbortSignal,
  ): Promise<RemoveVerdict> {
    const call = { method: 'DELETE', path, headers: { 'RUNNER-TOKEN': jsonBody.token }, jsonBody } as const;
    return verdictOfRemoval(await this.#api.send(call, signal));
  }
}

/** What is empty is left out, what is yes or no is always said. */
function wireAttributes(of: RunnerAttributes) {
  return {
    tags: of.tags,
    run_untagged: of.runUntagged || of.tags.length === 0,
    locked: of.locked,
    paused: of.paused,
    ...(of.description && { description: of.description }),
    ...(of.maintenanceNote && { maintenance_note: of.maintenanceNote }),
    ...(of.accessLevel && { access_level: of.accessLevel }),
    ...(of.maximumTimeoutS && { maximum_timeout: of.maximumTimeoutS }),
  };
}

function wireScope(scope: RunnerScope) {
  switch (scope.kind) {
    case 'instance':
      return { runner_type: 'instance_type' };
    case 'group':
      return { runner_type: 'group_type', group_id: Number(scope.id) };
    case 'project':
      return { runner_type: 'project_type', project_id: Number(scope.id) };
  }
}
