import { type Problem, renderProblem, unreachable } from '@fargate-gitlab-runner/kernel';
import type { Config } from './config.ts';
import type { LoadResult } from './load.ts';
import type { RunnerConfig } from './runner-config.ts';

/**
 * What loading came to, as text for a terminal, without a line feed at the end: the outcome with its counts, then every problem and
 * warning in the order of the document, or the runners that were found.
 */
export function renderReport(result: LoadResult): string {
  const warnings = section('Warnings', result.warnings);
  switch (result.kind) {
    case 'invalid': {
      const counts = [
        count(result.problems.length, 'problem'),
        ...(result.warnings.length > 0 ? [count(result.warnings.length, 'warning')] : []),
      ];
      return [`${result.name}: ${counts.join(', ')}`, ...section('Problems', result.problems), ...warnings].join('\n');
    }
    case 'config': {
      const outcome = result.warnings.length > 0 ? count(result.warnings.length, 'warning') : 'no problems';
      return [`${result.name}: ${outcome}`, ...warnings, '', ...summary(result.config)].join('\n');
    }
    default:
      return unreachable(result);
  }
}

function section(title: string, problems: readonly Problem[]): string[] {
  return problems.length === 0 ? [] : ['', `${title}:`, ...problems.flatMap((problem) => ['', indented(renderProblem(problem))])];
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function summary(config: Config): string[] {
  const head = `${count(config.runners.length, 'runner')} for ${config.gitlabUrl}, at most ${count(config.concurrency, 'job')} at a time:`;
  return [head, ...config.runners.map((runner) => `  ${runnerLine(runner)}`)];
}

function runnerLine({ name, tags, runUntagged, limit, worker }: RunnerConfig): string {
  const takes = [...tags, ...(runUntagged ? ['untagged jobs'] : [])].join(', ');
  const size = worker.cpu === undefined ? 'size of the task definition' : `${worker.cpu} CPU units, ${worker.memoryMiB} MiB`;
  return `${name} [${takes}], limit ${limit}, ${size}, ${worker.region}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
