import type { PlacementFailure } from './fleet.ts';

/** Where words about a failure come from: `failures[]`, a stopped task, an exception, a try to reach the worker by SSH. */
export type FailureSource = 'failure' | 'stop' | 'exception' | 'connect';

/** One row: the first one of its source whose `pattern` is found in the words applies. `example` is such words, for the test. */
export interface ClassificationRow {
  readonly source: FailureSource;
  readonly pattern: RegExp;
  readonly example: string;
  readonly failure: PlacementFailure;
}

const NOW = { retry: 'now', isCapacity: false, elsewhere: false } as const;
const LATER = { retry: 'later', isCapacity: false, elsewhere: false } as const;
const CAPACITY = { retry: 'later', isCapacity: true, elsewhere: true, otherSubnets: true } as const;
/** The account's, whatever the subnet. */
const QUOTA = { retry: 'later', isCapacity: true, elsewhere: true } as const;
/** Of one zone. */
const ANOTHER_ZONE = { ...NOW, otherSubnets: true } as const;
/** The subnets are the same for every capacity provider. */
const ADDRESSES = { retry: 'later', isCapacity: true, elsewhere: false, otherSubnets: true } as const;
const TAKEN_BACK = { retry: 'now', isCapacity: false, elsewhere: true } as const;
const GIVE_UP = { retry: 'give up', isCapacity: false, elsewhere: false } as const;

type Kind = Pick<PlacementFailure, 'retry' | 'isCapacity' | 'elsewhere' | 'otherSubnets'>;

/** Who can do what the cure says. */
const WHO = {
  FR_FLEET_NO_CAPACITY: 'operator',
  FR_FLEET_NETWORK_INTERFACE: 'AWS',
  FR_FLEET_SPOT_INTERRUPTED: 'operator',
  FR_FLEET_MAINTENANCE: 'AWS',
  FR_FLEET_PLACEMENT_OVER: 'AWS',
  FR_FLEET_CONTAINER_RUNTIME: 'AWS',
  FR_FLEET_TASK_MISSING: 'AWS',
  FR_FLEET_ECS_DOWN: 'AWS',
  FR_FLEET_DEADLINE: 'user',
  FR_FLEET_OUT_OF_MEMORY: 'operator',
} as const satisfies Readonly<Record<string, PlacementFailure['who']>>;

function failure(kind: Kind, code: `FR_FLEET_${string}`, texts: readonly [cause: string, cure: string]): PlacementFailure {
  return { ...kind, code, who: whoOf(code), cause: texts[0], cure: texts[1] };
}

/** What nobody is named for is the operator's: it lies in the configuration or the account. */
function whoOf(code: string): PlacementFailure['who'] {
  return Object.entries(WHO).find(([known]) => known === code)?.[1] ?? 'operator';
}

const noCapacity = failure(CAPACITY, 'FR_FLEET_NO_CAPACITY', [
  'AWS has no Fargate capacity of this kind at the moment',
  'nothing, if it passes; otherwise give the runner subnets in more zones, another size, or FARGATE as worker_capacity_fallback',
]);
const noAddresses = failure(ADDRESSES, 'FR_FLEET_NO_ADDRESSES', [
  'no network interface could be made for the worker: the subnet may be out of addresses',
  'give the runner more or larger subnets',
]);
const noNetworkInterface = failure(ANOTHER_ZONE, 'FR_FLEET_NETWORK_INTERFACE', [
  'the network interface of the worker did not come up in time',
  'nothing, if it passes; otherwise look at the AWS Health dashboard',
]);
const interrupted = failure(TAKEN_BACK, 'FR_FLEET_SPOT_INTERRUPTED', [
  'AWS took the Spot capacity of the worker back',
  'use FARGATE instead of FARGATE_SPOT for jobs that must not be interrupted, or let GitLab retry them',
]);
const maintenance = failure(NOW, 'FR_FLEET_MAINTENANCE', ['AWS retired the host of the worker', 'nothing: a new worker gets another host']);
const noRights = (what: string) =>
  failure(GIVE_UP, 'FR_FLEET_ACCESS_DENIED', [
    `the manager's role may not ${what}`,
    "compare the manager's role with the documented policy",
  ]);
const pullAgain = failure(LATER, 'FR_FLEET_IMAGE_REGISTRY', [
  "the image registry didn't answer the worker in time, or limits its pulls",
  "check the subnet's route to the registry (NAT or endpoints for ecr.api, ecr.dkr and S3), or use a copy in ECR",
]);
const initAgain = failure(LATER, 'FR_FLEET_START_RESOURCES', [
  'the worker could not reach what its task definition needs at start (secrets, registry, logs)',
  "check the subnet's route to AWS (NAT or interface endpoints) and that the security group lets 443 out",
]);
const unknown = (source: string) =>
  failure(LATER, 'FR_FLEET_UNKNOWN', [
    `${source} that this version does not know`,
    'look at the task in the ECS console, and report it to the project',
  ]);

/** The one table of everything that can keep a job from its worker. Source: ECS API reference and developer guide (2026); see the examples. */
export const CLASSIFICATION: readonly ClassificationRow[] = [
  ...rows('failure', [
    [
      /capacity is unavailable/i,
      'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      noCapacity,
    ],
    [/^RESOURCE:ENI/, 'RESOURCE:ENI', noAddresses],
    [/^RESOURCE:/, 'RESOURCE:CPU', noCapacity],
    [
      /^(AGENT|LOCATION|ATTRIBUTE)\b/,
      'ATTRIBUTE',
      failure(GIVE_UP, 'FR_FLEET_NOT_FARGATE', [
        'ECS tried to place the worker on EC2 hosts',
        'give the runner FARGATE or FARGATE_SPOT as capacity',
      ]),
    ],
    [
      /^(MISSING|INACTIVE)\b/,
      'MISSING',
      failure(GIVE_UP, 'FR_FLEET_NOT_FOUND', [
        'ECS does not know what the request names',
        'check cluster and task definition of the runner',
      ]),
    ],
    [
      /^EMPTY\b/,
      'EMPTY',
      failure(NOW, 'FR_FLEET_PLACEMENT_OVER', ["the placement's task has been stopped and forgotten", 'nothing: a new placement follows']),
    ],
    [/(?:)/, 'SOMETHING: new', unknown('ECS refused the task for a reason')],
  ]),
  ...rows('stop', [
    [
      /capacity is unavailable/i,
      'TaskFailedToStart: Capacity is unavailable at this time. Please try again later or in a different availability zone',
      noCapacity,
    ],
    [/SpotInterruption|TerminationNotice|Spot Task was interrupted/i, 'SpotInterruption: Your Spot Task was interrupted.', interrupted],
    [
      /InfrastructureHealth|performing maintenance/i,
      'TaskFailedToStart: ECS is performing maintenance on the underlying infrastructure hosting the task.',
      maintenance,
    ],
    [
      /toomanyrequests|pull rate limit|CannotPull.*(timeout|deadline|reset by peer|5\d\d )/i,
      'TaskFailedToStart: CannotPullContainerError: pull image manifest has been retried 5 time(s): toomanyrequests',
      pullAgain,
    ],
    [
      /CannotPull.*no space left/i,
      'TaskFailedToStart: CannotPullContainerError: write /var/lib: no space left on device',
      failure(GIVE_UP, 'FR_FLEET_IMAGE_TOO_LARGE', [
        "the image does not fit on the worker's disk",
        'raise the ephemeral storage of the task definition, or make the image smaller',
      ]),
    ],
    [
      /CannotPull/i,
      'TaskFailedToStart: CannotPullContainerError: example.test/worker:1: not found',
      failure(GIVE_UP, 'FR_FLEET_IMAGE', [
        'the image of the worker could not be pulled',
        "check the image's name, the execution role's rights on the repository, and the route to the registry",
      ]),
    ],
    [
      /ResourceInitializationError.*(rate exceeded|throttl|timeout|deadline)/i,
      'TaskFailedToStart: ResourceInitializationError: unable to pull secrets or registry auth: i/o timeout',
      initAgain,
    ],
    [
      /ResourceInitializationError.*logging driver/i,
      'TaskFailedToStart: ResourceInitializationError: failed to initialize logging driver: log group does not exist',
      failure(GIVE_UP, 'FR_FLEET_LOGS', [
        "the worker's log driver could not start",
        'make the log group that the task definition names, and let the execution role write to it',
      ]),
    ],
    [
      /ResourceInitializationError/i,
      'TaskFailedToStart: ResourceInitializationError: unable to pull secrets or registry auth: AccessDeniedException',
      failure(GIVE_UP, 'FR_FLEET_START_RIGHTS', [
        'the worker could not get the secrets or registry login of its task definition',
        "check the secret's ARN and Region, and what the execution role may read",
      ]),
    ],
    [
      /create network interface|unexpected EC2 error|insufficient.*addresses/i,
      'TaskFailedToStart: Unexpected EC2 error while attempting to Create Network Interface in subnet',
      noAddresses,
    ],
    [
      /network interface provisioning|InternalError/i,
      'TaskFailedToStart: Timeout waiting for network interface provisioning to complete.',
      noNetworkInterface,
    ],
    [
      /OutOfMemory/i,
      'EssentialContainerExited: Essential container in task exited; ci-coordinator exited 137: OutOfMemoryError: container killed due to memory usage',
      failure(GIVE_UP, 'FR_FLEET_OUT_OF_MEMORY', ['the worker ran out of memory', "raise the runner's worker memory"]),
    ],
    [
      /^EssentialContainerExited.*; ci-deadline exited 124\b/,
      'EssentialContainerExited: Essential container in task exited; ci-coordinator exited 137; ci-deadline exited 124',
      failure(GIVE_UP, 'FR_FLEET_DEADLINE', ["the worker's own deadline has passed", 'give the job a longer timeout in GitLab']),
    ],
    [
      /ContainerRuntime(Timeout)?Error|Cannot(Start|Inspect)Container|CannotCreateVolume/i,
      'TaskFailedToStart: ContainerRuntimeError: failed to create container',
      failure(NOW, 'FR_FLEET_CONTAINER_RUNTIME', [
        'the platform could not start the container',
        'nothing, if it passes; otherwise try the image on a machine of your own',
      ]),
    ],
    [
      /^EssentialContainerExited/,
      'EssentialContainerExited: Essential container in task exited; ci-coordinator exited 1',
      failure(GIVE_UP, 'FR_FLEET_WORKER_EXITED', [
        "the worker's own main process ended",
        "look at the worker's log: its entrypoint must start sshd and stay",
      ]),
    ],
    [
      /^UserInitiated/,
      'UserInitiated: Task stopped by user',
      failure(GIVE_UP, 'FR_FLEET_STOPPED_BY_USER', [
        'somebody stopped the task by the ECS API',
        'ask who did; CloudTrail names the caller of StopTask',
      ]),
    ],
    [
      /^ServiceSchedulerInitiated/,
      'ServiceSchedulerInitiated: Scaling activity',
      failure(GIVE_UP, 'FR_FLEET_STOPPED_BY_SERVICE', [
        'an ECS service stopped the task',
        'keep workers out of services: the manager starts them itself',
      ]),
    ],
    [
      /^Missing/,
      'Missing: ECS does not know the task',
      failure(NOW, 'FR_FLEET_TASK_MISSING', [
        'ECS does not know the task (any more)',
        'nothing, if it passes; otherwise check who deletes tasks in this cluster',
      ]),
    ],
    [/(?:)/, 'TaskFailedToStart: something new', unknown('the task stopped for a reason')],
  ]),
  ...rows('exception', [
    [
      /iam:PassRole/,
      'AccessDeniedException: User is not authorized to perform: iam:PassRole on resource: role/worker',
      noRights('pass the roles of the worker (iam:PassRole)'),
    ],
    [
      /^AccessDenied.*ecs:TagResource/,
      'AccessDeniedException: User is not authorized to perform: ecs:TagResource',
      noRights('tag tasks (ecs:TagResource)'),
    ],
    [/^(AccessDenied|UnauthorizedOperation)/, 'AccessDeniedException: User is not authorized to perform: ecs:RunTask', noRights('do this')],
    [
      /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|CredentialsProviderError|TokenProviderError|RequestExpired)/,
      'ExpiredTokenException: The security token included in the request is expired',
      failure(LATER, 'FR_FLEET_CREDENTIALS', [
        'AWS does not accept the credentials of the manager',
        'check where the manager gets its credentials, and its clock',
      ]),
    ],
    [
      /^BlockedException/,
      'BlockedException: Your account is currently blocked.',
      failure(GIVE_UP, 'FR_FLEET_BLOCKED', ['AWS has blocked the account', 'ask AWS Support']),
    ],
    [
      /^ClusterNotFoundException/,
      'ClusterNotFoundException: Cluster not found.',
      failure(GIVE_UP, 'FR_FLEET_NO_CLUSTER', ["the runner's cluster does not exist", "check the runner's worker_ecs_cluster_arn"]),
    ],
    [
      /vCPU|limit on the number|concurrent tasks/i,
      "ClientException: You've reached the limit on the number of vCPUs you can run concurrently",
      failure(QUOTA, 'FR_FLEET_QUOTA', [
        "the account's Fargate vCPU quota is used up",
        'ask for a higher quota (L-3032A538 on demand, L-36FBB829 Spot), or lower the limit of the runners',
      ]),
    ],
    [
      /throttl|rate exceeded|request limit exceeded/i,
      'InvalidParameterException: Request limit exceeded.',
      failure(LATER, 'FR_FLEET_THROTTLED', [
        'AWS limits the rate of calls',
        'nothing, if it passes; otherwise spread the managers over accounts or Regions',
      ]),
    ],
    [
      /insufficient.*addresses|not have enough free addresses|create network interface/i,
      'InvalidParameterException: subnet-1 does not have enough free addresses',
      noAddresses,
    ],
    [
      /No Container Instances|capacity provider/i,
      'InvalidParameterException: The specified capacity provider FARGATE_SPOT is not associated with the cluster.',
      failure(GIVE_UP, 'FR_FLEET_CAPACITY_PROVIDER', [
        "the cluster does not have the runner's capacity provider",
        'associate FARGATE and FARGATE_SPOT with the cluster (PutClusterCapacityProviders)',
      ]),
    ],
    [
      /task ?definition (is|not|does|was)|unable to describe task definition/i,
      'ClientException: TaskDefinition not found.',
      failure(GIVE_UP, 'FR_FLEET_NO_DEFINITION', [
        "the runner's task definition does not exist or is inactive",
        "check the runner's task definition and its Region",
      ]),
    ],
    [
      /not a container in the TaskDefinition/i,
      'InvalidParameterException: Override for container named ci-coordinator is not a container in the TaskDefinition.',
      failure(GIVE_UP, 'FR_FLEET_DEFINITION_CONTAINERS', [
        "the runner's task definition lacks a container that the manager needs",
        'use the worker definition of this project: containers ci-coordinator and ci-deadline',
      ]),
    ],
    [
      /subnet|security group/i,
      "InvalidParameterException: Error retrieving subnet information for [subnet-1]: The subnet ID 'subnet-1' does not exist",
      failure(GIVE_UP, 'FR_FLEET_NETWORK', [
        'a subnet or security group of the runner does not exist, or they are not of one VPC',
        "check the runner's subnets and security groups",
      ]),
    ],
    [
      /^(Platform|UnsupportedFeature)/,
      'PlatformTaskDefinitionIncompatibilityException: The specified platform does not satisfy the task definition',
      failure(GIVE_UP, 'FR_FLEET_PLATFORM', [
        'Fargate cannot run this task definition',
        'compare the task definition with what Fargate supports',
      ]),
    ],
    [
      /^(InvalidParameter|ClientException)/,
      'InvalidParameterException: No Fargate configuration exists for given values.',
      failure(GIVE_UP, 'FR_FLEET_REQUEST', ['ECS does not accept the request', "check the runner's worker settings against the message"]),
    ],
    [
      /^Server|^Service|^Internal/,
      'ServerException: Service Unavailable',
      failure(LATER, 'FR_FLEET_ECS_DOWN', ['ECS has trouble', 'nothing, if it passes; otherwise look at the AWS Health dashboard']),
    ],
    [
      /^(TimeoutError|E[A-Z]+|NetworkingError)\b/,
      'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:4566',
      failure(LATER, 'FR_FLEET_UNREACHABLE', ['ECS could not be reached', "check the manager's route to the ECS endpoint of the Region"]),
    ],
    [/(?:)/, 'NewException: something new', unknown('ECS answered with an error')],
  ]),
  ...rows('connect', [
    [
      /^refused/,
      'refused: connect ECONNREFUSED 10.0.0.4:22',
      failure(NOW, 'FR_FLEET_SSH_REFUSED', [
        'nothing listens for SSH in the worker',
        "the image's entrypoint must start sshd on the runner's SSH port",
      ]),
    ],
    [
      /^timeout/,
      'timeout: no answer within 1000 ms',
      failure(NOW, 'FR_FLEET_SSH_TIMEOUT', [
        'the worker could not be reached by SSH',
        "let the manager's security group reach the SSH port of the worker's",
      ]),
    ],
    [
      /^denied/,
      'denied: all authentication methods failed',
      failure(GIVE_UP, 'FR_FLEET_SSH_DENIED', [
        "the worker does not accept the job's key",
        'the image must put SSH_PUBLIC_KEY into authorized_keys of the SSH user and accept Ed25519 keys',
      ]),
    ],
    [
      /^impostor/,
      'impostor: the host key changed',
      failure(GIVE_UP, 'FR_FLEET_SSH_IMPOSTOR', [
        'another machine answers at the address of the worker',
        "find out who else listens there: the worker's host key has changed",
      ]),
    ],
    [
      /(?:)/,
      'broken: protocol error',
      failure(NOW, 'FR_FLEET_SSH_BROKEN', [
        'the SSH connection to the worker broke',
        'look at the sshd of the image; it must speak SSH 2 with Ed25519 keys',
      ]),
    ],
  ]),
];

function rows(source: FailureSource, table: readonly (readonly [RegExp, string, PlacementFailure])[]): ClassificationRow[] {
  return table.map(([pattern, example, what]) => ({ source, pattern, example, failure: what }));
}
