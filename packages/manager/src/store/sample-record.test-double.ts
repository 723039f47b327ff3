import { Secret } from '@fargate-gitlab-runner/kernel';
import { type JobPayload, parseJobPayload } from '@fargate-gitlab-runner/protocol';
import type { JobRecord } from './job-record.ts';

/** A record just admitted, for tests; whatever matters to a test goes into `changes`. */
export function sampleRecord(changes: Partial<JobRecord> = {}): JobRecord {
  return {
    schema: 1,
    jobId: '9007199254740993',
    runner: 'dev_tool1',
    deployment: 'dev',
    owner: 'owner-1',
    generation: 1,
    acceptedAt: 1_767_225_600_000,
    deadlineAt: 1_767_229_200_000,
    payload: samplePayload(),
    jobToken: new Secret('job-token-in-clear'),
    clientKey: new Secret('client-key-in-clear'),
    publicKey: 'ssh-ed25519 AAAA job',
    nonce: new Secret('nonce-in-clear'),
    placements: [],
    stages: [],
    chunks: [],
    phase: 'driving',
    ...changes,
  };
}

function samplePayload(): JobPayload {
  const body = {
    id: 9007199254740991,
    token: 'payload-token-in-clear',
    allow_git_fetch: true,
    job_info: { name: 'test', stage: 'test', project_id: 7 },
    git_info: { repo_url: 'http://127.0.0.1/group/project.git', ref: 'main', sha: 'f'.repeat(40) },
    runner_info: { timeout: 3600 },
    variables: [{ key: 'PASSWORD', value: 'variable-in-clear', masked: true }],
    steps: [{ name: 'script', script: ['echo "It works!"'], timeout: 3600 }],
    image: null,
  };
  const parsed = parseJobPayload(JSON.stringify(body));
  if (parsed.kind === 'job') return parsed.job;
  throw new Error(parsed.problems.join('\n'));
}
