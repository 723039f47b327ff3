/** One size of Fargate task: CPU units (1024 = 1 vCPU) and the memory sizes, in MiB, that AWS allows with it. */
export interface FargateSize {
  readonly cpu: number;
  readonly memoryMiB: readonly number[];
}

/** Linux task sizes on platform version 1.4.0. Source: Amazon ECS developer guide, "Task CPU and memory" (2026). */
export const FARGATE_SIZES: readonly FargateSize[] = [
  { cpu: 256, memoryMiB: [512, 1024, 2048] },
  { cpu: 512, memoryMiB: steps(1, 4, 1) },
  { cpu: 1024, memoryMiB: steps(2, 8, 1) },
  { cpu: 2048, memoryMiB: steps(4, 16, 1) },
  { cpu: 4096, memoryMiB: steps(8, 30, 1) },
  { cpu: 8192, memoryMiB: steps(16, 60, 4) },
  { cpu: 16384, memoryMiB: steps(32, 120, 8) },
  { cpu: 32768, memoryMiB: [60 * 1024, 120 * 1024, 244 * 1024] },
];

/** The memory sizes, in MiB, that go with `cpu`; undefined when Fargate has no such CPU size. */
export function memorySizesFor(cpu: number): readonly number[] | undefined {
  return FARGATE_SIZES.find((size) => size.cpu === cpu)?.memoryMiB;
}

/** Whether Fargate accepts this pair. */
export function isFargateSize(cpu: number, memoryMiB: number): boolean {
  return memorySizesFor(cpu)?.includes(memoryMiB) ?? false;
}

function steps(firstGiB: number, lastGiB: number, stepGiB: number): number[] {
  return Array.from({ length: (lastGiB - firstGiB) / stepGiB + 1 }, (_, i) => (firstGiB + i * stepGiB) * 1024);
}
