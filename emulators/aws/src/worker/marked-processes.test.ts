import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { TASK_MARK } from './marked-processes.ts';

/**
 * Looks for a mark once, and then as often as is said, at the same time. Prints how many processes each look has found, and how many times the
 * reads of one look all of them took together.
 */
const LOOKS = `
  import { readFileSync } from 'node:fs';
  const [file, mark, times] = process.argv.slice(1);
  const { markedProcesses } = await import(file);
  const reads = () => Number(/syscr: (\\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
  const costOf = async (act) => {
    const before = reads();
    await act();
    return reads() - before;
  };
  const one = await costOf(() => markedProcesses(mark));
  let looks = [];
  const all = await costOf(async () => {
    looks = await Promise.all(Array.from({ length: Number(times) }, () => markedProcesses(mark)));
  });
  console.log(JSON.stringify({ found: [...new Set(looks.map(({ length }) => length))], cost: Math.round(all / one) }));
`;

it('hundreds of looks at the same time see every process, with few open files, and cost hardly more than one', async () => {
  const mark = `few-files-${process.pid}.`;
  const marked = spawn('sleep', ['60'], { env: { [TASK_MARK]: mark }, stdio: 'ignore' });
  try {
    await once(marked, 'spawn');
    const file = fileURLToPath(new URL('./marked-processes.ts', import.meta.url));
    const node = [process.execPath, '--conditions=source', '--import', import.meta.resolve('tsx'), '--input-type=module', '-e', LOOKS];
    const few = ['-c', 'ulimit -n 200 && exec "$@"', 'sh', ...node, file, mark, '300'];
    const { found, cost } = JSON.parse((await promisify(execFile)('sh', few)).stdout);
    expect(found).toEqual([1]);
    expect(cost).toBeLessThan(10);
  } finally {
    marked.kill('SIGKILL');
  }
});
