/** A task definition in the shape of ECS RegisterTaskDefinition: what CDK, Terraform and the ECS emulator all take. */
export interface TaskDefinition {
  readonly family: string;
  readonly requiresCompatibilities: readonly string[];
  readonly networkMode: 'awsvpc';
  /** CPU units, as text. */
  readonly cpu: string;
  /** MiB, as text. */
  readonly memory: string;
  /** Left out: X86_64. */
  readonly runtimePlatform?: { readonly cpuArchitecture: string; readonly operatingSystemFamily: string };
  readonly taskRoleArn?: string;
  readonly executionRoleArn?: string;
  readonly containerDefinitions: readonly ContainerDefinition[];
}

/** One container of it. */
export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly command?: readonly string[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly portMappings?: readonly { readonly containerPort: number; readonly protocol: string }[];
  readonly linuxParameters?: { readonly initProcessEnabled: boolean };
  /** Seconds between SIGTERM and SIGKILL; at most 120 on Fargate. */
  readonly stopTimeout?: number;
  readonly healthCheck?: HealthCheck;
  readonly logConfiguration?: { readonly logDriver: string; readonly options: Readonly<Record<string, string>> };
}

/** Times in seconds. */
interface HealthCheck {
  readonly command: readonly string[];
  readonly interval: number;
  readonly timeout: number;
  readonly retries: number;
  readonly startPeriod: number;
}

/** Where the containers of a task write what they print. */
export interface TaskLogs {
  readonly group: string;
  readonly region: string;
}

/** The awslogs driver. It creates no group: the infrastructure makes one, with its own retention and key. */
export function logConfigurationOf(logs: TaskLogs, streamPrefix: string) {
  return {
    logDriver: 'awslogs',
    options: { 'awslogs-group': logs.group, 'awslogs-region': logs.region, 'awslogs-stream-prefix': streamPrefix },
  };
}
