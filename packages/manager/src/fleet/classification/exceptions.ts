import { rows } from './classification-row.ts';
import { failure } from './coded-failure.ts';
import { GIVE_UP, LATER, QUOTA } from './failure-kind.ts';
import { noAddresses, unknown } from './shared-failures.ts';

const noRights = (what: string) =>
  failure(GIVE_UP, 'FR_FLEET_ACCESS_DENIED', [
    `the manager's role may not ${what}`,
    "compare the manager's role with the documented policy",
  ]);

/** Calls that ECS refused, and an ECS that could not be reached. Words: type of the exception, then its message. */
export const EXCEPTIONS = rows('exception', [
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
]);
