import { describe, expect, it } from 'vitest';
import { SHELLS, WorkerRig } from '../worker-rig.contract.ts';
import { RELAY_FUNCTIONS } from './relay.ts';

/** Asks while no file may be longer than so many blocks, as on a full disk; whoever waits in vain gives up with 99. `manager` runs meanwhile. */
function asking(blocks: number, manager: string): string {
  return [
    '_folder=folder _shim=shim _naps=0',
    'mkdir -p folder shim/g.1/files',
    'sleep() { _naps=$((_naps + 1)); [ "$_naps" -lt 200 ] || exit 99; command sleep 0.02; }',
    RELAY_FUNCTIONS,
    `( ${manager} ) &`,
    `{ (trap '' XFSZ; ulimit -f ${blocks}; (_ask upload 0 name); echo "code $?") 2>&1; } | cat`,
    'ls folder',
  ].join('\n');
}

/** Answers the first question with much to say. */
const ANSWER = [
  'until read -r id 2> /dev/null < folder/ask; do command sleep 0.02; done',
  "{ echo 7; printf 'first\\n%5000s\\n' last; } > answer",
  'mv answer "shim/g.1/files/$id"',
].join('; ');

describe.each(SHELLS)('a question to the manager under $name, on a full disk', (shell) => {
  it('is not asked where it can not be written whole, and nobody waits for an answer', async () => {
    await using rig = await WorkerRig.start(shell);
    const { output } = await rig.run(asking(0, ':'));
    expect(output).toMatch(/The manager can not be asked, because nothing can be written in the worker\.\ncode 1\n$/);
  });

  it('has its answer, however little can be written', async () => {
    await using rig = await WorkerRig.start(shell);
    const { output } = await rig.run(asking(1, ANSWER));
    expect(output).toMatch(/^first\n {4996}last\ncode 7\n$/);
  });
});
