import type { AwsPlace } from './aws-place.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';

/**
 * Who may take on a role of a task: ECS, for tasks of this account and region. A single cluster can't be named here.
 * Source: ECS developer guide, "Task IAM role", confused deputy.
 */
export function taskTrustPolicy(place: AwsPlace): PolicyDocument {
  return policyDocument([
    {
      Sid: 'EcsTasks',
      Effect: 'Allow',
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: ['sts:AssumeRole'],
      Condition: {
        StringEquals: { 'aws:SourceAccount': place.account },
        ArnLike: { 'aws:SourceArn': `arn:${place.partition}:ecs:${place.region}:${place.account}:*` },
      },
    },
  ]);
}
