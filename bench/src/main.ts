import { inspect, parseArgs } from 'node:util';
import { deadlineSignal, Scope, systemClock } from '@fargate-gitlab-runner/kernel';
import { BenchRigs } from './bench-rigs.ts';
import type { Figure, Reading } from './figure.ts';
import { artifacts } from './figures/artifacts.ts';
import { bundle } from './figures/bundle.ts';
import { cacheRestore } from './figures/cache-restore.ts';
import { describeRate } from './figures/describe-rate.ts';
import { firstByte } from './figures/first-byte.ts';
import { handOver } from './figures/hand-over.ts';
import { jobsAtOnce } from './figures/jobs-at-once.ts';
import { journalOverhead } from './figures/journal-overhead.ts';
import { ourShare } from './figures/our-share.ts';
import { storeS3 } from './figures/store-s3.ts';
import { tenStages } from './figures/ten-stages.ts';
import { throughput } from './figures/throughput.ts';
import { storeResult } from './results.ts';
import { markdownTable, type TableLine, tableLineOf } from './table.ts';

const figures: readonly Figure[] = [
  bundle,
  describeRate,
  firstByte,
  ourShare,
  tenStages,
  storeS3,
  handOver,
  journalOverhead,
  throughput,
  cacheRestore,
  artifacts,
  jobsAtOnce(1),
  jobsAtOnce(50),
  jobsAtOnce(200),
];

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
// What a figure that was given up still waits for must not keep the process.
process.exit(await bench());

/** 0: everything was measured, whatever the verdicts; 1: something could not be; 64: wrong arguments. */
async function bench(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
  const chosen = figures.filter(({ name }) => values.only === undefined || values.only.split(',').includes(name));
  if (chosen.length === 0) {
    say(`--only takes: ${figures.map(({ name }) => name).join(', ')}`);
    return 64;
  }
  const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' ');
  const lines: TableLine[] = [];
  const failed: string[] = [];
  for (const figure of chosen) {
    if (interrupted.signal.aborted) break;
    const begun = systemClock.monotonic();
    try {
      const reading = await measured(figure, values.quick);
      await storeResult(figure.name, reading, { quick: values.quick, command });
      lines.push(...reading.rows.map(tableLineOf));
    } catch (error) {
      failed.push(figure.name);
      say(`${figure.name} could not be measured: ${inspect(error)}`);
    }
    say(`${figure.name}: ${Math.round((systemClock.monotonic() - begun) / 1000)} s`);
  }
  say(markdownTable(lines));
  if (values.quick) say('--quick shows that the bench works; its values mean nothing.');
  if (failed.length > 0) say(`not measured: ${failed.join(', ')}`);
  return failed.length > 0 || interrupted.signal.aborted ? 1 : 0;
}

/** Measures within the figure's time; whatever happens, its rigs are ended. */
async function measured(figure: Figure, quick: boolean): Promise<Reading> {
  await using scope = new Scope();
  using deadline = deadlineSignal(systemClock, figure.withinMs, interrupted.signal);
  const givenUp = new Promise<never>((_, reject) => {
    deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason), { once: true });
  });
  const measuring = figure.measure({ quick, rigs: new BenchRigs(scope) });
  measuring.catch(() => undefined);
  return await Promise.race([measuring, givenUp]);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
