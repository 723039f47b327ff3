import type { JobPayload, JobVariable } from '@fargate-gitlab-runner/protocol';
import type { ServerTls } from '../coordinator/coordinator.ts';

/**
 * The job with what it needs to call GitLab over TLS as the manager does, as file variables. They stand first: a variable of the job's
 * own wins. They are recorded with the job, so that a successor gives it the same ones. Source: GitLab runner, `CI_SERVER_TLS_*`.
 */
export function withTlsVariables(job: JobPayload, tls: ServerTls | undefined): JobPayload {
  const { caPem, clientCertPem, clientKeyPem } = tls ?? {};
  const variables = [
    ...fileVariable('CI_SERVER_TLS_CA_FILE', caPem, true),
    ...fileVariable('CI_SERVER_TLS_CERT_FILE', clientCertPem, true),
    ...fileVariable('CI_SERVER_TLS_KEY_FILE', clientKeyPem, false),
  ];
  return variables.length === 0 ? job : { ...job, variables: [...variables, ...job.variables] };
}

function fileVariable(key: string, value: string | undefined, isPublic: boolean): JobVariable[] {
  return value === undefined ? [] : [{ key, value, public: isPublic, masked: false, file: true, raw: true }];
}
