import type { Mistake } from './mistake.ts';

/** Settings of a runner that a manager refuses when it starts. The plan says all of them at once, each with what it is and what is allowed. */
export const SETTINGS_OF_RUNNERS: readonly Mistake[] = [
  setting('tags with a space', {
    runner: 'tagged',
    entry: { tags: ['two words'] },
    said: [['tags[0]', 'FR_CONFIG_TAG']],
    terraform: ['tagged.tags is "two words". Allowed: 1 to 255 characters without white space and commas, one item for each tag.'],
  }),
  setting('more tags than GitLab takes', {
    runner: 'overtagged',
    entry: { tags: Array.from({ length: 51 }, (_, at) => `tag-${at}`) },
    said: [['tags', 'FR_CONFIG_TAG']],
    terraform: ['overtagged.tags has 51 items. Allowed: 50 at most.'],
  }),
  setting('numbers that are none or out of range', {
    runner: 'numbers',
    entry: { limit: 1.5, output_limit: 0, worker_ephemeral_storage_gib: 20, worker_ssh_port: 65_536 },
    said: [
      ['limit', 'FR_CONFIG_NOT_A_WHOLE_NUMBER'],
      ['output_limit', 'FR_CONFIG_OUT_OF_RANGE'],
      ['worker_ephemeral_storage_gib', 'FR_CONFIG_OUT_OF_RANGE'],
      ['worker_ssh_port', 'FR_CONFIG_OUT_OF_RANGE'],
    ],
    terraform: [
      'numbers.limit is 1.5. Allowed: a whole number, 0 to 10000.',
      'numbers.output_limit is 0. Allowed: a whole number, 1 to 1048576.',
      'numbers.worker_ephemeral_storage_gib is 20. Allowed: a whole number, 21 to 200.',
      'numbers.worker_ssh_port is 65536. Allowed: a whole number, 1 to 65535.',
    ],
  }),
  setting('words that are not among those allowed', {
    runner: 'words',
    entry: { worker_proof: 'maybe', worker_ssh_user: '1st', clone_url: 'gitlab.example.com', environment: { '1ST': 'x' } },
    said: [
      ['worker_proof', 'FR_CONFIG_VALUE'],
      ['worker_ssh_user', 'FR_CONFIG_SSH_USER'],
      ['clone_url', 'FR_CONFIG_URL'],
      ['environment.1ST', 'FR_CONFIG_ENVIRONMENT_NAME'],
    ],
    terraform: [
      'words.worker_proof is "maybe". Allowed: preferred or required; left out, preferred.',
      'words.worker_ssh_user is "1st". Allowed: letters, digits, -, _ and ., 32 at most; left out, root.',
      'words.clone_url is "gitlab.example.com". Allowed: a full URL such as https://gitlab.example.com',
      'words.environment is "1ST". Allowed: names of letters, digits and _, the first one not a digit.',
    ],
  }),
  setting('a folder for builds that leads out', {
    runner: 'folder',
    entry: { worker_builds_dir: 'builds/../../etc' },
    said: [['worker_builds_dir', 'FR_CONFIG_BUILDS_DIR']],
    terraform: ['folder.worker_builds_dir is "builds/../../etc". Allowed: an absolute path, or one below the home of the SSH user'],
  }),
  setting('another folder, in the home of nobody in particular', {
    runner: 'home',
    entry: { worker_builds_dir: '~/builds' },
    said: [['worker_builds_dir', 'FR_CONFIG_BUILDS_DIR']],
    terraform: ['home.worker_builds_dir is "~/builds".'],
  }),
  setting('a registration that GitLab would refuse', {
    runner: 'registered',
    entry: { registration: { description: 'two\nlines', access_level: 'all', maximum_timeout: 60 } },
    said: [
      ['registration.description', 'FR_CONFIG_REGISTRATION'],
      ['registration.access_level', 'FR_CONFIG_VALUE'],
      ['registration.maximum_timeout', 'FR_CONFIG_OUT_OF_RANGE'],
    ],
    terraform: [
      'registered.registration.description is "two\\nlines". Allowed: one line of 255 characters at most.',
      'registered.registration.access_level is "all". Allowed: not_protected or ref_protected; left out, GitLab decides.',
      'registered.registration.maximum_timeout is 60. Allowed: a whole number, 600 to 2592000.',
    ],
  }),
  setting('capacity providers that Fargate does not have, by shares that ECS does not know', {
    runner: 'capacity',
    entry: { worker_capacity: [{ provider: 'SPOT', weight: 1001, base: -1 }] },
    said: [
      ['worker_capacity[0].provider', 'FR_CONFIG_VALUE'],
      ['worker_capacity[0].weight', 'FR_CONFIG_OUT_OF_RANGE'],
      ['worker_capacity[0].base', 'FR_CONFIG_OUT_OF_RANGE'],
    ],
    terraform: [
      'capacity.worker_capacity[0].provider is "SPOT". Allowed: FARGATE or FARGATE_SPOT.',
      'capacity.worker_capacity[0].weight is 1001. Allowed: a whole number, 0 to 1000.',
      'capacity.worker_capacity[0].base is -1. Allowed: a whole number, 0 to 100000.',
    ],
  }),
  setting('no share for anybody', {
    runner: 'unshared',
    entry: { worker_capacity: [{ provider: 'FARGATE', weight: 0 }] },
    said: [['worker_capacity', 'FR_CONFIG_CAPACITY']],
    terraform: ['unshared.worker_capacity is no choice of capacity that ECS takes.'],
  }),
  setting('a provider named twice', {
    runner: 'twice',
    entry: { worker_capacity_fallback: [{ provider: 'FARGATE' }, { provider: 'FARGATE' }] },
    said: [['worker_capacity_fallback', 'FR_CONFIG_CAPACITY']],
    terraform: ['twice.worker_capacity_fallback is no choice of capacity that ECS takes.'],
  }),
  setting('two bases', {
    runner: 'bases',
    entry: {
      worker_capacity: [
        { provider: 'FARGATE', base: 1 },
        { provider: 'FARGATE_SPOT', base: 1 },
      ],
    },
    said: [['worker_capacity', 'FR_CONFIG_CAPACITY']],
    terraform: ['bases.worker_capacity is no choice of capacity that ECS takes.'],
  }),
  setting('no capacity at all', {
    runner: 'empty',
    entry: { worker_capacity: [] },
    said: [['worker_capacity', 'FR_CONFIG_CAPACITY']],
    terraform: ['empty.worker_capacity is no choice of capacity that ECS takes.'],
  }),
];

interface Setting {
  readonly runner: string;
  readonly entry: Readonly<Record<string, unknown>>;
  /** Paths below the entry, with the codes. */
  readonly said: readonly (readonly [path: string, code: string])[];
  /** What Terraform says of the runner. */
  readonly terraform: readonly string[];
}

function setting(what: string, { runner, entry, said, terraform }: Setting): Mistake {
  return {
    what,
    runners: { [runner]: entry },
    said: said.map(([path, code]) => [`managers_configs.${runner}.${path}`, code]),
    terraform: terraform.map((words) => `managers_configs.${words}`),
    isSaidLater: true,
  };
}
