import { type Environment, load, renderReport } from '@fargate-gitlab-runner/config';
import type { Clock, Random } from '@fargate-gitlab-runner/kernel';
import { makeReaper, type ManagerEvent } from '@fargate-gitlab-runner/manager';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** As much of a reaper as the command uses: `marked` are the tasks that are unclaimed as far as was seen, and not stopped. */
interface LookingReaper {
  readonly marked: number;
  look(signal: AbortSignal): Promise<void>;
}

/** What `reap` is told. `interrupted` ends it early. */
export interface ReapInput {
  readonly config?: string;
  readonly dryRun: boolean;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly random: Random;
  readonly output: Output;
  readonly interrupted: AbortSignal;
  /** The manager's reaper when left out. */
  makeReaper?(given: Parameters<typeof makeReaper>[0]): Promise<LookingReaper>;
}

interface Told {
  troubles: number;
  found: number;
}

/** A store that says nothing is believed after ten intervals; one more for the second look. */
const MOST_LOOKS = 12;

/**
 * Does once what a manager's reaper does all the time: stops the tasks of this deployment that no record claims. A dry run looks once and
 * tells what it found; else it looks again after each interval until nothing is left to do. 1 when something could not be looked at or
 * stopped, or is unclaimed still after the last look.
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
  const { makeReaper: make = makeReaper } = input;
  const reaper = await make({ config, clock, random: input.random, emit: (event) => tell(event, { output, dryRun, told }) });
  try {
    await lookOften(reaper, { ...input, intervalMs });
  } catch (error) {
    if (interrupted.aborted) return EXIT.interrupted;
    throw error;
  }
  return conclusion({ told, left: dryRun ? 0 : reaper.marked }, output);
}

function conclusion({ told, left }: { readonly told: Told; readonly left: number }, output: Output): ExitCode {
  if (left > 0) output.note(`${left} ${left === 1 ? 'task is' : 'tasks are'} unclaimed still`);
  if (told.found === 0 && told.troubles === 0) output.note('no task is without a record');
  return told.troubles > 0 || left > 0 ? EXIT.pipelineFailed : EXIT.ok;
}

/** Rejects with the reason of the interruption. */
async function lookOften(
  reaper: LookingReaper,
  { clock, dryRun, interrupted, intervalMs }: Pick<ReapInput, 'clock' | 'dryRun' | 'interrupted'> & { readonly intervalMs: number },
): Promise<void> {
  for (let looks = 1; ; looks++) {
    await reaper.look(interrupted);
    if (reaper.marked === 0 || dryRun || looks === MOST_LOOKS) return;
    await clock.sleep(intervalMs, interrupted);
  }
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
