import { Annotations, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type JudgedProps, judgeProps } from './judged-props.ts';
import { logGroup } from './log-group.ts';
import { managerService } from './manager-service.ts';
import type { RunnerServiceProps } from './runner-service-props.ts';
import { serviceFacts } from './service-facts.ts';
import { surroundingsOf } from './service-surroundings.ts';
import { cacheBucket, jobStoreBucket } from './storage.ts';
import { workerDefinitions } from './worker-definitions.ts';

/**
 * A whole deployment: the ECS service of the managers, a task definition for the workers of every runner, their roles and logs, the bucket of
 * the job store and, unless one is given, a bucket for the cache. All is made of the documents in packages/blueprint, as in the Terraform module.
 *
 * @throws Error at construction with a report of everything that is wrong with the props
 */
export class RunnerService extends Construct {
  /** Name of the ECS service of the managers. */
  readonly serviceName: string;
  /** ARNs of the workers' task definitions by runner, each with its revision. */
  readonly workerTaskDefinitionArns: Readonly<Record<string, string>>;
  /** The bucket that holds the records of jobs. */
  readonly jobStoreBucketName: string;
  /** The bucket for the cache of jobs, made or given. */
  readonly cacheBucketName: string;

  /** What was noticed about the props and does not keep anybody from deploying: by code, in the words of the props. */
  readonly warnings: JudgedProps['warnings'];

  constructor(scope: Construct, id: string, props: RunnerServiceProps) {
    super(scope, id);
    const judged = judgeProps(this, props);
    const { deployment, warnings } = judged;
    for (const { code, text } of warnings) Annotations.of(this).addWarningV2(code, text);
    for (const [key, value] of Object.entries(deployment.tags)) Tags.of(this).add(key, value);

    const facts = serviceFacts(this, judged);
    const logs = logGroup(this, { name: facts.names.logGroup, deployment });
    const jobStore = jobStoreBucket(this, facts);
    const workers = workerDefinitions(this, facts);
    const cache = cacheBucket(this, facts);
    const service = managerService(this, facts, { jobStore, cache, workers });
    // Managers that start before their log group, their bucket's policy, their cluster or the way out of their network are there would fail,
    // and with them the deployment.
    service.node.addDependency(logs, jobStore, ...surroundingsOf(this, facts));

    this.warnings = warnings;
    this.serviceName = facts.names.service;
    this.workerTaskDefinitionArns = Object.fromEntries([...workers.definitions].map(([name, made]) => [name, made.attrTaskDefinitionArn]));
    this.jobStoreBucketName = jobStore.bucketName;
    this.cacheBucketName = cache.bucketName;
  }
}
