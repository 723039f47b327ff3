// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are references of the shell
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { StageName } from './stage-plan.ts';
import { JOB_TOKEN, type JobWishes, type Shell, SHELLS, type StageConditions, WorkerRig } from './worker-rig.contract.ts';

/** Runs the commands as a job's script (and after_script), without sources. */
async function aRig(shell: Shell): Promise<WorkerRig> {
  const rig = await WorkerRig.start(shell);
  await mkdir(join(rig.builds, 'group/project'), { recursive: true });
  return rig;
}

async function runScript(shell: Shell, script: readonly string[], more: JobWishes & { readonly how?: StageConditions } = {}) {
  await using rig = await aRig(shell);
  const { how, ...wishes } = more;
  return await rig.stages({ steps: [{ name: 'script', script }], ...wishes }, ['step_script'], how);
}

/** The output without the green echo of the commands. */
function printed(output: string): string {
  return output
    .split('\n')
    .filter((line) => !line.startsWith('\x1b[32;1m$ '))
    .join('\n');
}

describe.each(SHELLS)('a user step under $name', (shell) => {
  it.each([
    [['false', 'echo unreached'], 1],
    [['exit 42', 'echo unreached'], 42],
    [['(exit 7)', 'echo unreached'], 7],
    [['exit 0', 'echo unreached'], 0],
    [['nosuchcommand-64', 'echo unreached'], 127],
  ])('10. ends %j with %d', async (script, code) => {
    const run = await runScript(shell, script);
    expect([run.code, printed(run.output).includes('unreached')]).toEqual([code, false]);
  });

  it('10. runs the commands before a syntax error and ends with 2', async () => {
    const { code, output } = await runScript(shell, ['echo before', 'if then', 'echo unreached']);
    expect([code, output.includes('before\n'), printed(output).includes('unreached\n')]).toEqual([2, true, false]);
  });

  it.each([
    ['if false; then :; fi', 0],
    ['false || true', 0],
    ['set +e; false; true', 0],
  ])('11. ends %s with %d', async (command, code) => {
    expect((await runScript(shell, [command])).code).toBe(code);
  });

  it('11. fails a pipeline whose first command fails, where the shell can', async () => {
    await using rig = await WorkerRig.start(shell);
    const canPipefail = (await rig.run('set -o')).output.includes('pipefail');
    expect((await runScript(shell, ['false | true'])).code).toBe(canPipefail ? 1 : 0);
  });

  it('12. gives commands an empty stdin', async () => {
    const { code, output } = await runScript(shell, ['cat', 'read line || echo "nothing to read"']);
    expect([code, printed(output)]).toEqual([0, 'nothing to read\n']);
  });

  it('13. keeps values with every kind of trap in them', async () => {
    const value = `-n 'single' "double" \\back\\ $HOME \`id\` ; é ✓ & | > < * ? # !x\n\ttwo lines\n`;
    const { output } = await runScript(shell, [`printf '%s' "$TRAP"`], { variables: [{ key: 'TRAP', value, raw: true }] });
    expect(printed(output)).toBe(value);
  });

  it('14. carries directory, variables and functions from command to command', async () => {
    const script = ['mkdir sub', 'cd sub', 'export MINE=1', 'f() { echo "$MINE ${PWD##*/}"; }', 'f'];
    expect(printed((await runScript(shell, script)).output)).toBe('1 sub\n');
  });

  it('18. echoes commands in green: one line whole, several by the first, none as an empty line', async () => {
    const { output } = await runScript(shell, ["  echo 'a'  ", 'for i in 1 2; do\n  echo $i\ndone', '', '# only a comment']);
    expect(output.split('\n')).toEqual([
      "\x1b[32;1m$ echo 'a'\x1b[0;m",
      'a',
      '\x1b[32;1m$ for i in 1 2; do # collapsed multi-line command\x1b[0;m',
      '1',
      '2',
      '',
      '\x1b[32;1m$ # only a comment\x1b[0;m',
      '',
    ]);
  });

  it('expands the lines of the step named release by itself', async () => {
    const wishes = { steps: [{ name: 'release', script: ["echo '$WHO' $$ '${NO}'"] }], variables: [{ key: 'WHO', value: 'me' }] };
    await using rig = await aRig(shell);
    expect((await rig.stages(wishes, ['step_release'])).output).toContain('\nme $\x20\n');
  });

  it('overwrites files with > even where the shell was told not to', async () => {
    expect((await runScript(shell, ['echo 1 > f', 'echo 2 > f', 'cat f'])).code).toBe(0);
  });

  it('leaves out a variable that no shell can export, and runs', async () => {
    const names = ['A-B', '1A', '', 'UID', 'SHELLOPTS', 'OPTIND', 'a b', "x'y"];
    const variables = [...names.map((key) => ({ key, value: 'x' })), { key: 'LAST', value: 'there' }];
    expect(printed((await runScript(shell, ['echo "$LAST"'], { variables })).output)).toBe('there\n');
  });

  it('ends when it is terminated, without printing its script', async () => {
    const { code, output } = await runScript(shell, ['kill -TERM 0', 'sleep 5']);
    expect([code, output.includes('eval')]).toEqual([1, false]);
  });
});

describe.each(SHELLS)('between stages under $name', (shell) => {
  it('14. after_script is a shell of its own, 44. knows the outcome, and says that it runs', async () => {
    await using rig = await aRig(shell);
    const steps = [
      { name: 'script', script: ['cd /', 'export MINE=1', 'echo "script: $CI_JOB_STATUS"'] },
      { name: 'after_script', script: ['echo "after: $CI_JOB_STATUS [$MINE] ${PWD##*/}"'] },
    ];
    const { output } = await rig.stages({ steps }, ['step_script', 'after_script'], { jobStatus: 'failed' });
    expect(printed(output)).toBe('script: running\n\x1b[32;1mRunning after script...\x1b[0;m\nafter: failed [] project\n');
  });

  it('15. GITLAB_ENV hands variables on, over those of the job, and complains of broken lines', async () => {
    await using rig = await aRig(shell);
    const steps = [
      {
        name: 'script',
        script: ['printf "K=a b=\'c\' \\$HOME\\nNEW=1\\n\\nbroken line\\nUID=5\\n9=9\\nLAST=unfinished" >> "$GITLAB_ENV"'],
      },
      { name: 'after_script', script: ['echo "$K|$NEW|$LAST"'] },
    ];
    const wishes = { steps, variables: [{ key: 'K', value: 'of the job' }] };
    const { code, output } = await rig.stages(wishes, ['prepare_script', 'step_script', 'after_script']);
    expect([code, output.match(/WARNING: a line of GITLAB_ENV is left out/g)?.length]).toEqual([0, 3]);
    expect(output).toContain("\na b='c' $HOME|1|unfinished\n");
    expect((await rig.stages(wishes, ['prepare_script', 'after_script'])).output).toContain('\nof the job||\n');
  });

  it('16. file variables have exact bytes beside the checkout, for their owner only, until the clean-up', async () => {
    await using rig = await aRig(shell);
    const value = "-----KEY-----\nit's $HOME\\n é\nno newline at the end";
    const wishes = {
      variables: [{ key: 'MY_FILE', value, file: true, raw: true }],
      steps: [{ name: 'script', script: ['printf "%s\\n" "$MY_FILE"; cat "$MY_FILE"; rm "$MY_FILE"; ln -s ../outside "$MY_FILE"'] }],
    };
    const path = join(rig.builds, 'group/project.tmp/MY_FILE');
    expect(printed((await rig.stages(wishes, ['step_script'])).output)).toBe(`${path}\n${value}`);
    await rig.stages(wishes, ['step_script']);
    await rig.stages({ ...wishes, steps: [{ name: 'after_script', script: [':'] }] }, ['after_script']);
    expect(await readFile(path, 'utf8')).toBe(value);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await rig.stages(wishes, ['cleanup_file_variables'])).toEqual({ code: 0, output: '' });
    expect(await readdir(join(rig.builds, 'group'))).toEqual(['project']);
  });

  it('the clean-up leaves what the author put there, and needs no PATH of the job', async () => {
    await using rig = await aRig(shell);
    const wishes = { variables: [{ key: 'PATH', value: '/nowhere' }] };
    await mkdir(join(rig.builds, 'group/project.tmp'));
    await writeFile(join(rig.builds, 'group/project.tmp/mine'), '');
    expect((await rig.stages(wishes, ['cleanup_file_variables'])).code).toBe(0);
    expect(await readdir(join(rig.builds, 'group/project.tmp'))).toEqual(['mine']);
  });

  it('prepare_script says where the job runs, and prints no control characters of a worker', async () => {
    await using rig = await WorkerRig.start(shell);
    expect(rig.script({}, 'prepare_script', { workerHostname: 'a\0b\n$(id)' })).toContain('Running on a?b???id? via');
    expect(await rig.stages({}, ['prepare_script'])).toEqual({ code: 0, output: 'Running on the-worker via the-manager...\n' });
  });
});

describe.each(SHELLS)('CI_DEBUG_TRACE under $name', (shell) => {
  const variables = [
    { key: 'CI_DEBUG_TRACE', value: 'true' },
    { key: 'SEEN', value: 'in the open' },
    { key: 'HIDDEN', value: "it's hidden", masked: true },
    { key: 'HIDDEN_FILE', value: "it's on file", masked: true, file: true },
  ];

  it('17. shows commands and variables, but not the masked ones, which the shell would print re-quoted', async () => {
    const { output } = await runScript(shell, ['echo shown'], { variables });
    expect(output).toMatch(/^\++ echo '?shown'?$/m);
    expect(output).toMatch(/^\++ export .*SEEN=.*in the open/m);
    expect(output).not.toMatch(/s hidden|s on file/);
    expect(output).not.toContain(JOB_TOKEN);
  });

  it('17. shows the commands of every stage', async () => {
    await using rig = await aRig(shell);
    const steps = [{ name: 'after_script', script: ['echo after'] }];
    const stages: readonly StageName[] = ['prepare_script', 'after_script', 'clear_worktree'];
    for (const stage of stages) expect((await rig.stages({ variables, steps }, [stage])).output).toMatch(/^\++ (printf|rm|echo)/m);
  });

  it('17. is off unless the value is true', async () => {
    const { output } = await runScript(shell, ['echo shown'], { variables: [{ key: 'CI_DEBUG_TRACE', value: 'yes' }] });
    expect(output).not.toMatch(/^\++ /m);
  });
});
