import { type Environment, load, renderReport } from '@fargate-gitlab-runner/config';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { makeReaper, type ManagerEvent } from '@fargate-gitlab-runner/manager';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** What `reap` is told. `interrupted` ends it early. */
export interface ReapInput {
  readonly config?: string;
  readonly dryRun: boolean;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly interrupted: AbortSignal;
}

interface Told {
  troubles: number;
  found: number;
}

/** A store that says nothing is believed after ten intervals; one more for the second look. */
const MOST_LOOKS = 12;

/**
 * Does once what a manager's reaper does all the time: stops the tasks of this deployment that no record claims. A dry run looks once and
 * tells what it found; else it looks again after each interval until nothing is left to do.
 */
export async function runReap(input: ReapInput): Promise<ExitCode> {
  const { clock, output, dryRun, interrupted } = input;
  const result = load({ env: input.environment, ...(input.config !== undefined && { file: input.config }), tokens: 'not needed' });
  if (result.kind === 'invalid') {
    output.note(renderReport(result));
    return EXIT.configuration;
  }
  const told = { troubles: 0, found: 0 };
  const { intervalMs } = result.config.reaper;
  const config = { ...result.config, reaper: { intervalMs, mode: dryRun ? ('report' as const) : ('stop' as const) } };
  const reaper = await makeReaper({ config, clock, random: input.random, emit: (event) => tell(event, { output, dryRun, told }) });
  for (let looks = 1; ; looks++) {
    await reaper.look(interrupted);
    if (reaper.marked === 0 || dryRun || looks === MOST_LOOKS) break;
    await clock.sleep(intervalMs, interrupted);
  }
  if (reaper.marked > 0 && !dryRun) output.note(`${reaper.marked} tasks are unclaimed still`);
  if (told.found === 0 && told.troubles === 0) output.note('no task is without a record');
  return told.troubles > 0 ? EXIT.pipelineFailed : EXIT.ok;
}

function tell(event: ManagerEvent, of: { readonly output: Output; readonly dryRun: boolean; readonly told: Told }): void {
  switch (event.name) {
    case 'reaper.marked':
      of.told.found++;
      of.output.line(`${of.dryRun ? 'unclaimed' : 'marked'} ${event.taskArn} (job ${event.jobId}, placement ${event.placementId})`);
      return;
    case 'reaper.stopped':
      of.output.line(`stopped ${event.taskArn}: ${event.why}`);
      return;
    case 'reaper.deregistered':
      of.output.line(`${event.isDryRun ? 'unused' : 'deregistered'} ${event.taskDefinitionArn}`);
      return;
    case 'reaper.failed':
      of.told.troubles++;
      of.output.note(`not stopped: ${event.taskArn}: ${event.cause}`);
      return;
    case 'reaper.blind':
      of.told.troubles++;
      of.output.note(`nothing is known of ${event.of}: ${event.cause}`);
      return;
    default:
  }
}
