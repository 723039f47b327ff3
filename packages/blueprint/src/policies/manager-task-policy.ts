import { TASK_TAGS } from '../names.ts';
import { type PolicyDocument, type PolicyStatement, policyDocument } from './policy-document.ts';

/** Workers of one runner, as the manager's policy sees them. */
export interface PermittedWorker {
  readonly clusterArn: string;
  readonly family: string;
  /** Left out: jobs of this runner have no role. */
  readonly taskRoleArn?: string;
}

/** What the manager's task role is limited to. */
export interface ManagerTaskPolicyInput {
  /** Value of the deployment tag. */
  readonly deployment: string;
  readonly workers: readonly PermittedWorker[];
  readonly workerExecutionRoleArn: string;
}

const DEPLOYMENT = TASK_TAGS.deployment;

/**
 * What a manager may do on ECS: start tasks of its own families in their clusters with its own tag, look at tasks there, stop those that
 * bear the tag. Source of the condition keys: service authorization reference, "Amazon Elastic Container Service".
 */
export function managerTaskPolicy(input: ManagerTaskPolicyInput): PolicyDocument {
  const clusters = unique(input.workers.map(({ clusterArn }) => clusterArn));
  return policyDocument([
    ...clusters.map((cluster, at) => runTask(input, cluster, at)),
    tagTask(input.deployment, clusters),
    describeTasks(clusters),
    stopTask(input.deployment, clusters),
    listTasks(clusters),
    definitions(),
    passRole(input),
  ]);
}

/** The colon and star stand for the revision: `family*` would let in other families. */
function runTask({ deployment, workers }: ManagerTaskPolicyInput, cluster: string, at: number): PolicyStatement {
  const families = workers.filter(({ clusterArn }) => clusterArn === cluster).map(({ family }) => family);
  return {
    Sid: `RunTask${at}`,
    Effect: 'Allow',
    Action: ['ecs:RunTask'],
    Resource: unique(families).map((family) => `${beside(cluster, 'task-definition')}/${family}:*`),
    Condition: { ArnEquals: { 'ecs:cluster': cluster }, StringEquals: { [`aws:RequestTag/${DEPLOYMENT}`]: deployment } },
  };
}

/** RunTask with tags needs TagResource on the task that comes to be; the condition keeps it from tagging anything else. */
function tagTask(deployment: string, clusters: readonly string[]): PolicyStatement {
  return {
    Sid: 'TagTask',
    Effect: 'Allow',
    Action: ['ecs:TagResource'],
    Resource: clusters.map(tasksIn),
    Condition: { StringEquals: { 'ecs:CreateAction': 'RunTask', [`aws:RequestTag/${DEPLOYMENT}`]: deployment } },
  };
}

/** Not by tag: tags of a new task are visible a little late, and a stopping task loses them. */
function describeTasks(clusters: readonly string[]): PolicyStatement {
  return {
    Sid: 'DescribeTasks',
    Effect: 'Allow',
    Action: ['ecs:DescribeTasks'],
    Resource: clusters.map(tasksIn),
    Condition: { ArnEquals: { 'ecs:cluster': clusters } },
  };
}

function stopTask(deployment: string, clusters: readonly string[]): PolicyStatement {
  return {
    Sid: 'StopTask',
    Effect: 'Allow',
    Action: ['ecs:StopTask'],
    Resource: clusters.map(tasksIn),
    Condition: { ArnEquals: { 'ecs:cluster': clusters }, StringEquals: { [`aws:ResourceTag/${DEPLOYMENT}`]: deployment } },
  };
}

/** The only resource that ListTasks knows is a container instance, which Fargate has none of: AWS forces the `*`. */
function listTasks(clusters: readonly string[]): PolicyStatement {
  return {
    Sid: 'ListTasks',
    Effect: 'Allow',
    Action: ['ecs:ListTasks'],
    Resource: ['*'],
    Condition: { ArnEquals: { 'ecs:cluster': clusters } },
  };
}

/**
 * Looking at definitions, and for families that a manager has derived. These actions know neither a resource nor a condition: AWS forces the
 * `*`. For the same reason a manager may not deregister any, as long as it registers none.
 */
function definitions(): PolicyStatement {
  return {
    Sid: 'Definitions',
    Effect: 'Allow',
    Action: ['ecs:DescribeTaskDefinition', 'ecs:ListTaskDefinitionFamilies'],
    Resource: ['*'],
  };
}

/** RunTask hands two roles to ECS; without either it is denied. */
function passRole({ workers, workerExecutionRoleArn }: ManagerTaskPolicyInput): PolicyStatement {
  return {
    Sid: 'PassWorkerRoles',
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: unique([workerExecutionRoleArn, ...workers.flatMap(({ taskRoleArn }) => taskRoleArn ?? [])]),
    Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
  };
}

function tasksIn(clusterArn: string): string {
  return `${clusterArn.replace(':cluster/', ':task/')}/*`;
}

/** The beginning of an ARN in the partition, region and account of a cluster. */
function beside(clusterArn: string, type: string): string {
  return `${clusterArn.slice(0, clusterArn.indexOf(':cluster/'))}:${type}`;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)];
}
