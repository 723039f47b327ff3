import { TOOLBOX_SSH_PORT, WORKER_SSH_PORT } from '@fargate-gitlab-runner/blueprint';
import { aws_ec2 as ec2, Fn, Stack, Tags } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { privateEndpoints } from './private-endpoints.ts';

/** What a network is made of. */
export interface RunnerNetworkProps {
  /** First part of the names of its parts. */
  readonly name: string;
  /**
   * Addresses of the VPC, /16 to /24. Each subnet gets an equal part.
   * @default 10.0.0.0/16
   */
  readonly cidr?: string;
  /**
   * Private subnets, each in another availability zone, 1 to 6.
   * @default 2
   */
  readonly subnetCount?: number;
  /**
   * The way to everything that is not AWS, GitLab above all: `nat` makes a public subnet with a NAT gateway; `none` leaves it to you, for a
   * GitLab that is reached through a peering, a transit gateway or a VPN.
   * @default nat
   */
  readonly internet?: 'nat' | 'none';
  /**
   * Tags of everything that is made.
   * @default none
   */
  readonly tagsCommon?: Readonly<Record<string, string>>;
}

/**
 * A network for people who start from nothing: a VPC, private subnets, the endpoints by which tasks reach AWS without the internet, and two
 * security groups. SSH is open from managers to workers only; workers do not reach one another.
 */
export class RunnerNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly managerSecurityGroupId: string;
  readonly workerSecurityGroupId: string;

  constructor(scope: Construct, id: string, props: RunnerNetworkProps) {
    super(scope, id);
    for (const [key, value] of Object.entries({ Name: props.name, ...props.tagsCommon })) Tags.of(this).add(key, value);
    const vpc = new ec2.CfnVPC(this, 'Vpc', { cidrBlock: props.cidr ?? '10.0.0.0/16', enableDnsHostnames: true, enableDnsSupport: true });
    const count = props.subnetCount ?? 2;
    // One part more than there are private subnets: the last is for the NAT gateway.
    const parts = Fn.cidr(vpc.attrCidrBlock, count + 1, String(bitsOf(props.cidr ?? '10.0.0.0/16', count + 1)));
    const subnets = Array.from({ length: count }, (_, at) => this.#privateSubnet(vpc, { at, cidr: Fn.select(at, parts) }));
    const routes = new ec2.CfnRouteTable(this, 'Routes', { vpcId: vpc.ref });
    subnets.forEach((subnet, at) => {
      new ec2.CfnSubnetRouteTableAssociation(this, `Route${at}`, { routeTableId: routes.ref, subnetId: subnet.ref });
    });
    if ((props.internet ?? 'nat') === 'nat') this.#wayOut(vpc, { routes, cidr: Fn.select(count, parts) });

    const managers = this.#group('Managers', vpc, 'Managers: HTTPS out, SSH to workers');
    const workers = this.#group('Workers', vpc, 'Workers: what jobs need out, SSH from managers');
    this.#ssh(managers, workers);
    privateEndpoints(this, { vpc, subnetIds: subnets.map(({ ref }) => ref), routeTableId: routes.ref, clients: [managers, workers] });

    this.vpcId = vpc.ref;
    this.subnetIds = subnets.map(({ ref }) => ref);
    this.managerSecurityGroupId = managers.attrGroupId;
    this.workerSecurityGroupId = workers.attrGroupId;
  }

  #privateSubnet(vpc: ec2.CfnVPC, { at, cidr }: { readonly at: number; readonly cidr: string }): ec2.CfnSubnet {
    return new ec2.CfnSubnet(this, `Subnet${at}`, {
      vpcId: vpc.ref,
      cidrBlock: cidr,
      availabilityZone: Fn.select(at, Fn.getAzs(Stack.of(this).region)),
      mapPublicIpOnLaunch: false,
    });
  }

  #wayOut(vpc: ec2.CfnVPC, { routes, cidr }: { readonly routes: ec2.CfnRouteTable; readonly cidr: string }): void {
    const gateway = new ec2.CfnInternetGateway(this, 'InternetGateway', {});
    const attachment = new ec2.CfnVPCGatewayAttachment(this, 'Attachment', { vpcId: vpc.ref, internetGatewayId: gateway.ref });
    const subnet = new ec2.CfnSubnet(this, 'PublicSubnet', {
      vpcId: vpc.ref,
      cidrBlock: cidr,
      availabilityZone: Fn.select(0, Fn.getAzs(Stack.of(this).region)),
      mapPublicIpOnLaunch: false,
    });
    const table = new ec2.CfnRouteTable(this, 'PublicRoutes', { vpcId: vpc.ref });
    new ec2.CfnSubnetRouteTableAssociation(this, 'PublicRoute', { routeTableId: table.ref, subnetId: subnet.ref });
    const outward = { destinationCidrBlock: '0.0.0.0/0' };
    const toGateway = new ec2.CfnRoute(this, 'ToGateway', { ...outward, routeTableId: table.ref, gatewayId: gateway.ref });
    toGateway.addResourceDependency(attachment);
    const address = new ec2.CfnEIP(this, 'Address', { domain: 'vpc' });
    address.addResourceDependency(attachment);
    const nat = new ec2.CfnNatGateway(this, 'Nat', { subnetId: subnet.ref, allocationId: address.attrAllocationId });
    new ec2.CfnRoute(this, 'ToNat', { ...outward, routeTableId: routes.ref, natGatewayId: nat.ref });
  }

  /** A group that lets nothing in, and HTTPS and HTTP out. The resolver of the VPC needs no rule: security groups don't filter it. */
  #group(id: string, vpc: ec2.CfnVPC, groupDescription: string): ec2.CfnSecurityGroup {
    return new ec2.CfnSecurityGroup(this, id, {
      vpcId: vpc.ref,
      groupDescription,
      securityGroupEgress: [
        { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIp: '0.0.0.0/0', description: 'HTTPS' },
        { ipProtocol: 'tcp', fromPort: 80, toPort: 80, cidrIp: '0.0.0.0/0', description: 'HTTP' },
      ],
    });
  }

  /** Both ports of SSH: 22 for plain workers, 2222 for those with an image of the job's. */
  #ssh(managers: ec2.CfnSecurityGroup, workers: ec2.CfnSecurityGroup): void {
    for (const port of [WORKER_SSH_PORT, TOOLBOX_SSH_PORT]) {
      const ssh = { ipProtocol: 'tcp', fromPort: port, toPort: port, description: `SSH to workers on ${port}` };
      new ec2.CfnSecurityGroupIngress(this, `SshIn${port}`, {
        ...ssh,
        groupId: workers.attrGroupId,
        sourceSecurityGroupId: managers.attrGroupId,
      });
      new ec2.CfnSecurityGroupEgress(this, `SshOut${port}`, {
        ...ssh,
        groupId: managers.attrGroupId,
        destinationSecurityGroupId: workers.attrGroupId,
      });
    }
  }
}

/** Bits of each part when a block is cut into so many: the next power of two. */
function bitsOf(cidr: string, parts: number): number {
  return 32 - Number(cidr.split('/')[1]) - Math.ceil(Math.log2(parts));
}
