import { rows } from './classification-row.ts';
import { failure } from './coded-failure.ts';
import { ANOTHER_ZONE, GIVE_UP, LATER, NOW, TAKEN_BACK } from './failure-kind.ts';
import { noAddresses, noCapacity, unknown } from './shared-failures.ts';

const noNetworkInterface = failure(ANOTHER_ZONE, 'FR_FLEET_NETWORK_INTERFACE', [
  'the network interface of the worker did not come up in time',
  'nothing, if it passes; otherwise look at the AWS Health dashboard',
]);
const interrupted = failure(TAKEN_BACK, 'FR_FLEET_SPOT_INTERRUPTED', [
  'AWS took the Spot capacity of the worker back',
  'use FARGATE instead of FARGATE_SPOT for jobs that must not be interrupted, or let GitLab retry them',
]);
const maintenance = failure(NOW, 'FR_FLEET_MAINTENANCE', ['AWS retired the host of the worker', 'nothing: a new worker gets another host']);
const pullAgain = failure(LATER, 'FR_FLEET_IMAGE_REGISTRY', [
  "the image registry didn't answer the worker in time, or limits its pulls",
  "check the subnet's route to the registry (NAT or endpoints for ecr.api, ecr.dkr and S3), or use a copy in ECR",
]);
const initAgain = failure(LATER, 'FR_FLEET_START_RESOURCES', [
  'the worker could not reach what its task definition needs at start (secrets, registry, logs)',
  "check the subnet's route to AWS (NAT or interface endpoints) and that the security group lets 443 out",
]);

/** Stopped tasks. Words: stop code and reason, then how the containers ended. */
export const STOPS = rows('stop', [
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
]);
