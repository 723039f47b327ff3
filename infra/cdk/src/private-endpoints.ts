import { aws_ec2 as ec2, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Where the endpoints stand and who uses them. */
export interface EndpointsInput {
  readonly vpc: ec2.CfnVPC;
  readonly subnetIds: readonly string[];
  readonly routeTableId: string;
  readonly clients: readonly ec2.CfnSecurityGroup[];
}

/**
 * What tasks without internet need of AWS, and why. KMS is not among them: S3, Secrets Manager and Parameter Store use keys on behalf of the
 * caller. Source: ECS developer guide, "Amazon ECS interface VPC endpoints"; ECR user guide, "Interface VPC endpoints".
 */
const INTERFACES: Readonly<Record<string, string>> = {
  ecs: 'managers start, watch and stop workers',
  'ecr.api': 'images',
  'ecr.dkr': 'images',
  logs: 'awslogs',
  secretsmanager: 'the token secret, secrets of jobs',
  ssm: 'the same as parameters',
  ssmmessages: 'ECS Exec, where it is on',
  sts: 'the roles by which jobs read secrets',
};

/** An interface for every service above, open to the clients on 443, and a gateway for S3: image layers, job store, cache. */
export function privateEndpoints(scope: Construct, input: EndpointsInput): void {
  const { region } = Stack.of(scope);
  const group = new ec2.CfnSecurityGroup(scope, 'Endpoints', {
    vpcId: input.vpc.ref,
    groupDescription: 'Endpoints: HTTPS from managers and workers',
    // Nothing leaves an endpoint by itself; without this entry AWS would add one for everything.
    securityGroupEgress: [{ ipProtocol: 'icmp', fromPort: 252, toPort: 86, cidrIp: '255.255.255.255/32', description: 'nothing' }],
  });
  for (const client of input.clients) {
    new ec2.CfnSecurityGroupIngress(scope, `${client.node.id}ToEndpoints`, {
      groupId: group.attrGroupId,
      sourceSecurityGroupId: client.attrGroupId,
      ipProtocol: 'tcp',
      fromPort: 443,
      toPort: 443,
      description: 'HTTPS to AWS',
    });
  }
  for (const service of Object.keys(INTERFACES)) {
    new ec2.CfnVPCEndpoint(scope, `Endpoint-${service}`, {
      vpcId: input.vpc.ref,
      serviceName: `com.amazonaws.${region}.${service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: [...input.subnetIds],
      securityGroupIds: [group.attrGroupId],
    });
  }
  new ec2.CfnVPCEndpoint(scope, 'Endpoint-s3', {
    vpcId: input.vpc.ref,
    serviceName: `com.amazonaws.${region}.s3`,
    vpcEndpointType: 'Gateway',
    routeTableIds: [input.routeTableId],
  });
}
