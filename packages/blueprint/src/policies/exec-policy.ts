import { type PolicyDocument, policyDocument } from './policy-document.ts';

/** What ECS Exec needs in a task role, and no more. These actions know no resource: AWS forces the `*`. Source: ECS Exec, "Task IAM role". */
export function execPolicy(): PolicyDocument {
  return policyDocument([
    {
      Sid: 'Exec',
      Effect: 'Allow',
      Action: [
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      Resource: ['*'],
    },
  ]);
}
