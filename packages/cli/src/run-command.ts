import { type Environment, load, proxySettings, renderReport } from '@fargate-gitlab-runner/config';
import { type Clock, type Random, unreachable } from '@fargate-gitlab-runner/kernel';
import { makeManager, type Manager, type ManagerInput, openTelemetry } from '@fargate-gitlab-runner/manager';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import { VERSION } from './version.ts';

/** How a running manager is told to go. `hand over`: SIGTERM, SIGINT; `finish`: SIGQUIT. */
export type Goodbye = 'hand over' | 'finish';

/** What `run` is told. `goodbye` resolves at the first signal; the process's own handler deals with a second one. */
export interface RunInput {
  readonly config?: string;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly goodbye: Promise<Goodbye>;
}

/** Runs a manager until it is told to go. */
export async function runManager(input: RunInput): Promise<ExitCode> {
  const result = load({ env: input.environment, ...(input.config !== undefined && { file: input.config }) });
  if (result.kind === 'invalid') {
    input.output.note(renderReport(result));
    return EXIT.configuration;
  }
  if (result.warnings.length > 0) input.output.note(renderReport(result));
  const { config } = result;
  await using telemetry = await openTelemetry({
    config,
    clock: input.clock,
    destination: { write: (line) => input.output.raw(Buffer.from(line)) },
  });
  const manager = await readyManager(input, { config, emit: telemetry.emit });
  if (!manager) return EXIT.ok;
  await manager.start();
  const goodbye = await input.goodbye;
  switch (goodbye) {
    case 'hand over':
      await manager.handOver();
      return EXIT.ok;
    case 'finish':
      await manager.finish();
      return EXIT.ok;
    default:
      return unreachable(goodbye);
  }
}

/** A manager that is ready to start; undefined when it was told to go before it was. */
async function readyManager(
  { clock, random, environment, goodbye }: RunInput,
  of: Pick<ManagerInput, 'config' | 'emit'>,
): Promise<Manager | undefined> {
  const going = new AbortController();
  void goodbye.then(() => going.abort());
  const { signal } = going;
  try {
    return await makeManager({ ...of, clock, random, proxy: proxySettings(environment), signal, ...VERSION });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
