import type { Board, BoardJob } from './board.ts';
import { LiveView } from './live/live-view.ts';
import { SummarisedView } from './live/summarised-view.ts';
import type { LocalSurroundings, RunRequest } from './local-input.ts';
import { type AskForManual, ManualJobs } from './manual-jobs.ts';
import type { PipelineDisplay } from './pipeline-display.ts';
import { PlainView } from './plain-view.ts';

/** What is to be shown, and whose manual jobs they are. */
export interface DisplaySubject extends LocalSurroundings {
  readonly board: Board;
  readonly heading: string;
  readonly groups: ReadonlyMap<string, string>;
  readonly control: { playJob(id: string): Promise<unknown> };
}

/** How a pipeline is shown, and how manual jobs are chosen. */
export interface OpenedDisplay {
  readonly display: PipelineDisplay;
  readonly manual: ManualJobs;
}

/** The live view where it is wanted and a terminal can show it, else plain lines. */
export function openDisplay(request: RunRequest, of: DisplaySubject): OpenedDisplay {
  const { terminal, board } = of;
  const isLive = terminal !== undefined && request.view !== 'plain' && (request.view === 'live' || board.jobs.length > 1);
  return isLive ? openLive(request, { ...of, terminal }) : openPlain(request, of);
}

function manualJobs(request: RunRequest, of: DisplaySubject, ask: AskForManual | undefined): ManualJobs {
  return new ManualJobs({ names: request.manual, isAll: request.isEveryManualPlayed, groups: of.groups, ask });
}

function openPlain(request: RunRequest, of: DisplaySubject): OpenedDisplay {
  const display = new PlainView(of.output, of.board);
  const { question } = of;
  const ask: AskForManual = async (jobs, signal) => {
    if (!question) {
      display.say(`not played: ${jobs.map((job) => job.name).join(', ')}; --manual NAME or --yes plays manual jobs`);
      return undefined;
    }
    for (const job of jobs) if (isYes(await question(`${questionOf(job)} [y/N] `, signal))) return job;
    return undefined;
  };
  return { display, manual: manualJobs(request, of, ask) };
}

/** GitLab asks in the author's words where there are some. */
function questionOf({ name, confirmation }: BoardJob): string {
  return confirmation === undefined ? `play ${name}?` : `play ${name}: ${confirmation}`;
}

function isYes(answer: string): boolean {
  return /^y(es)?$/i.test(answer.trim());
}

type LiveSubject = DisplaySubject & { readonly terminal: NonNullable<DisplaySubject['terminal']> };

function openLive(request: RunRequest, of: LiveSubject): OpenedDisplay {
  const { board, control, interruption } = of;
  let asked: string | undefined;
  let choose: ((job: BoardJob | undefined) => void) | undefined;
  const view = new LiveView({
    ...of,
    isPlain: of.environment.TERM === 'linux',
    onPlay: (job) => {
      if (job.confirmation !== undefined && asked !== job.id) {
        asked = job.id;
        view.say(`${questionOf(job)} p again plays it`);
      } else if (choose) choose(job);
      else control.playJob(job.id).catch((error: unknown) => view.say(`${job.name}: ${String(error)}`));
    },
    onLeave: () => {
      if (choose) choose(undefined);
      else view.say('the pipeline still runs; Ctrl-C cancels it');
    },
    onCancel: () => interruption.interrupt(),
    onSuspend: of.suspend,
  });
  const ask: AskForManual = (jobs) => {
    if (jobs[0]) view.choose(jobs[0].name);
    view.say(`${board.status}; waiting: ${jobs.map((job) => job.name).join(', ')}; p plays the chosen one, q leaves`);
    return new Promise((resolve) => {
      choose = (job) => {
        choose = undefined;
        resolve(job);
      };
      interruption.interrupted.addEventListener('abort', () => choose?.(undefined), { once: true });
    });
  };
  return { display: new SummarisedView(view, of), manual: manualJobs(request, of, ask) };
}
