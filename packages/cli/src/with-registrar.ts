import { load, proxySettings, renderReport, type RunnerConfig } from '@fargate-gitlab-runner/config';
import { CodedError, type Problem } from '@fargate-gitlab-runner/kernel';
import { makeRegistrar, type Registrar } from '@fargate-gitlab-runner/manager';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { RegistrarInput } from './registrar-input.ts';
import { VERSION } from './version.ts';

/** Something done with one runner, and whether it succeeded. */
type Act = (runner: RunnerConfig, registrar: Registrar) => Promise<boolean>;

/**
 * Does it with each of the runners that are meant, one after the other, whatever became of the one before: 1 when one failed. Throws
 * `FR_RUNNER_UNKNOWN` for names that the configuration doesn't have, before anything is done.
 */
export async function withRegistrar(input: RegistrarInput, act: Act): Promise<ExitCode> {
  const { clock, random, output, interrupted } = input;
  const result = load({ env: input.environment, ...(input.config !== undefined && { file: input.config }) });
  if (result.kind === 'invalid') {
    output.note(renderReport(result));
    return EXIT.configuration;
  }
  const { config } = result;
  const runners = chosen(config.runners, input.runners);
  const proxy = proxySettings(input.environment);
  const { registrar, close } = await makeRegistrar({ config, clock, random, emit: () => undefined, proxy, ...VERSION });
  try {
    let isDone = true;
    for (const runner of runners) isDone = (await act(runner, registrar)) && isDone;
    return isDone ? EXIT.ok : EXIT.pipelineFailed;
  } catch (error) {
    if (interrupted.aborted) return EXIT.interrupted;
    throw error;
  } finally {
    await close();
  }
}

function chosen(runners: readonly RunnerConfig[], names: readonly string[] | 'all'): readonly RunnerConfig[] {
  if (names === 'all') return runners;
  const known = runners.map((runner) => runner.name);
  const problems: Problem[] = names
    .filter((name) => !known.includes(name))
    .map((given) => ({
      code: 'FR_RUNNER_UNKNOWN',
      at: '--runner',
      what: 'the configuration has no such runner',
      given,
      allowed: known.join(', '),
    }));
  if (problems.length > 0) throw new CodedError(problems);
  return runners.filter(({ name }) => names.includes(name));
}
