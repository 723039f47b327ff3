/** The processors that Fargate has, in ECS's words. */
export const CPU_ARCHITECTURES = ['X86_64', 'ARM64'] as const;

/** One of them. */
export type CpuArchitecture = (typeof CPU_ARCHITECTURES)[number];

/** What a task definition says of its processors: nothing when none are asked for, which is X86_64. */
export function runtimePlatformOf(cpuArchitecture: CpuArchitecture | undefined) {
  return cpuArchitecture === undefined ? {} : { runtimePlatform: { cpuArchitecture, operatingSystemFamily: 'LINUX' } };
}
