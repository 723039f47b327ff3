import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { TASK_MARK } from './marked-processes.ts';

/** Looks for a mark as often as is said, at the same time, and prints how many processes each look has found. */
const LOOKS = `
  const [file, mark, times] = process.argv.slice(1);
  const { markedProcesses } = await import(file);
  const looks = await Promise.all(Array.from({ length: Number(times) }, () => markedProcesses(mark)));
  console.log([...new Set(looks.map(({ length }) => length))].join());
`;

it('hundreds of looks at the same time see every process, with few open files', async () => {
  const mark = `few-files-${process.pid}.`;
  const marked = spawn('sleep', ['60'], { env: { [TASK_MARK]: mark }, stdio: 'ignore' });
  try {
    await once(marked, 'spawn');
    const file = fileURLToPath(new URL('./marked-processes.ts', import.meta.url));
    const node = [process.execPath, '--conditions=source', '--import', import.meta.resolve('tsx'), '--input-type=module', '-e', LOOKS];
    const few = ['-c', 'ulimit -n 200 && exec "$@"', 'sh', ...node, file, mark, '300'];
    expect((await promisify(execFile)('sh', few)).stdout.trim()).toBe('1');
  } finally {
    marked.kill('SIGKILL');
  }
});
