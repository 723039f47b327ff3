import { describe, expect, it } from 'vitest';
import { jobPayload } from './flow-rig.test-double.ts';
import { withTlsVariables } from './tls-variables.ts';

describe('what a job needs to call GitLab over TLS', () => {
  it('50: stands in file variables before its own, the key not public', () => {
    const job = jobPayload('1');
    const { variables } = withTlsVariables(job, { caPem: 'CA', clientCertPem: 'CERT', clientKeyPem: 'KEY' });
    expect(variables.slice(0, 3)).toEqual([
      { key: 'CI_SERVER_TLS_CA_FILE', value: 'CA', public: true, masked: false, file: true, raw: true },
      { key: 'CI_SERVER_TLS_CERT_FILE', value: 'CERT', public: true, masked: false, file: true, raw: true },
      { key: 'CI_SERVER_TLS_KEY_FILE', value: 'KEY', public: false, masked: false, file: true, raw: true },
    ]);
    expect(variables.slice(3)).toEqual(job.variables);
  });

  it('50: is nothing over plain http', () => {
    const job = jobPayload('1');
    expect(withTlsVariables(job, undefined)).toBe(job);
    expect(withTlsVariables(job, {})).toBe(job);
  });
});
