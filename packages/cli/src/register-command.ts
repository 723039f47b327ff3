import { renderProblem } from '@fargate-gitlab-runner/kernel';
import type { ExitCode } from './exit-code.ts';
import { refusal } from './refusal.ts';
import type { RegistrarInput } from './registrar-input.ts';
import { withRegistrar } from './with-registrar.ts';

/**
 * Does for runners what a manager does at its start: exchanges a registration token for the runner's own, which the store keeps, and
 * verifies a token that is there. Twice is once: what is registered stays as it is.
 */
export function runRegister(input: RegistrarInput): Promise<ExitCode> {
  const { output } = input;
  return withRegistrar(input, async (runner, registrar) => {
    const standing = await registrar.register(runner, input.interrupted);
    switch (standing.kind) {
      case 'registered':
        output.line(`${runner.name}: registered as runner ${standing.id}; the store keeps its token`);
        return true;
      case 'verified':
        output.line(`${runner.name}: is runner ${standing.id}; GitLab knows its token`);
        return true;
      default:
        output.note(renderProblem(refusal(runner.name, standing)));
        return false;
    }
  });
}
