import { WORKER_CONTAINER } from '@fargate-gitlab-runner/blueprint';
import type { TaskRef } from '../../fleet/fleet.ts';
import { type LogTail, streamOf } from '../../fleet/worker-logs.ts';
import type { PlacingTools } from './placing-tools.ts';

const LINES = 30;
const LONGEST_LINE = 500;
/** The log driver sends what a container printed last a moment after its end. */
const AGAIN_MS = 1000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Says the last lines that a worker printed itself: of one that nobody came to speak to, or whose container ended under the job, why it
 * died stands nowhere else. What it printed is hostile:
 * no control character of it reaches the log, and the trace masks it as everything else. Where the lines can't be had the job only says
 * so: this is no failure of its own.
 */
export async function sayLastWords(room: PlacingTools, task: TaskRef, signal: AbortSignal): Promise<void> {
  const { workerLogs: place } = room.facts;
  if (!place) return;
  const key = `last-words.${room.job.record.placements.length}`;
  const of = { ...streamOf(place, { container: WORKER_CONTAINER, taskArn: task.taskArn }), lines: LINES };
  let tail = await room.tools.logs.tail(of, signal);
  if (tail.kind === 'none') {
    await room.tools.clock.sleep(AGAIN_MS, signal);
    tail = await room.tools.logs.tail(of, signal);
  }
  for (const [at, line] of linesOf(tail, of).entries()) room.say.plain(`${key}.${at}`, line);
  if (tail.kind === 'denied' || tail.kind === 'unavailable') room.say.warning(key, hintOf(tail, of));
}

function linesOf(tail: LogTail, { group, stream }: { readonly group: string; readonly stream: string }): string[] {
  if (tail.kind !== 'lines') return [];
  const lines = tail.lines.flatMap((text) => text.split(/\r?\n/)).map(harmless);
  return [`The last lines of the worker's own log (${group}, ${stream}):`, ...lines.slice(-LINES).map((line) => `  | ${line}`)];
}

/** One line of plain text, whatever it was. */
function harmless(line: string): string {
  const text = line.replaceAll(ESCAPES, '').replaceAll(CONTROLS, '?');
  return text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}...` : text;
}

function hintOf(tail: LogTail & { readonly cause: string }, of: { readonly group: string; readonly stream: string }): string {
  const cure =
    tail.kind === 'denied' ? ` For the operator of the runner: allow logs:GetLogEvents on ${of.group} to the manager's role.` : '';
  return `The worker's own log (${of.group}, ${of.stream}) can't be read: ${tail.cause}.${cure}`;
}
