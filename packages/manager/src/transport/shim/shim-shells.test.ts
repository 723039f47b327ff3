import { readFile } from 'node:fs/promises';
import { WORKER_ENV } from '@fargate-gitlab-runner/blueprint';
import { afterEach, describe, expect, it } from 'vitest';
import { generate, shimProgram } from '../../../../../tools/generators/shim-source.ts';
import { must, never, nowS, StageRig } from '../stage-rig.contract.ts';
import { LocalSession } from './local-session.test-double.ts';
import { ShimClient } from './shim-client.ts';

const sessions: LocalSession[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) await session[Symbol.asyncDispose]();
});

async function open(programs: readonly string[], loginFile?: string): Promise<StageRig> {
  const session = await LocalSession.start({ programs, ...(loginFile !== undefined && { loginFile }) });
  sessions.push(session);
  return StageRig.open(session, { folder: `${session.home}/shim` });
}

describe('the source', () => {
  it('is embedded as it is', async () => {
    for (const { path, content } of await generate())
      expect(await readFile(new URL(`../../../../../${path}`, import.meta.url), 'utf8')).toBe(content);
  });

  it('knows the variables of a worker by their names', async () => {
    expect(await shimProgram()).toContain(`unset ${WORKER_ENV.nonce} ${WORKER_ENV.sshPublicKey} `);
  });
});

describe('workers of every make', () => {
  it('runs scripts by sh where there is no bash', async () => {
    const rig = await open(['dash', 'setsid']);
    expect(rig.state).toMatchObject({ isBash: false, hasGit: false });
    expect((await rig.run('[ -z "$BASH_VERSION" ] && echo no bash')).output.toString()).toBe('no bash\n');
    must(await rig.shim.close(never));
  });

  it('runs where sh is bash', async () => {
    const rig = await open(['bash', 'setsid']);
    const { end, output } = await rig.run('kill -INT $$', { outputLimit: 1024 });
    expect(end).toMatchObject({ code: 130, journalEnd: output.length });
    expect((await rig.run('head -c 5000 /dev/zero', { attempt: 2, outputLimit: 1024 })).end.journalEnd).toBe(1024);
    must(await rig.shim.close(never));
  });

  it('does without setsid where there is bash', async () => {
    const rig = await open(['dash', 'bash', 'chmod']);
    // The deadline comes when the script says so: a sleep of thousands of seconds waits for a file.
    const sleep = '#!/bin/sh\ncase $1 in [1-9]???*) until [ -e "$HOME/late" ]; do nap 0.05; done ;; *) exec nap "$1" ;; esac\n';
    await rig.ask('mv bin/sleep bin/nap && cat >bin/sleep && chmod +x bin/sleep', sleep);
    const script = 'trap "" TERM; echo a; kill -TERM 0; echo b; : >"$HOME/late"; while :; do sleep 0.1; done';
    const { end, output } = await rig.run(script, {
      deadlineS: nowS() + 6000,
      graceS: 0,
    });
    expect(output.toString()).toBe('a\nb\n');
    expect(end).toMatchObject({ code: 137, cause: 'deadline' });
    must(await rig.shim.close(never));
  });

  it('gives a stage the shell and environment of the session, whatever its names', async () => {
    const rig = await open(['dash', 'setsid'], 'export F=1 shell=2 limit=3 IFS=x fgr=4; umask 027');
    const { output } = await rig.run('echo "$F $shell $limit"; umask; env | grep -c "^fgr_"');
    expect(output.toString()).toBe('1 2 3\n0027\n0\n');
    must(await rig.shim.close(never));
  });

  it('is not confused by login files that print', async () => {
    const noise = 'echo Welcome; echo "{\\"shim\\":1,\\"answer\\":\\"stale\\",\\"generation\\":99}" >&2; echo problem >&2';
    const rig = await open(['dash', 'setsid'], noise);
    expect((await rig.run('echo output')).output.toString()).toBe('output\n');
    must(await rig.shim.commit({ name: 'c1', bytes: Buffer.from('bytes') }, never));
    expect(must(await rig.shim.fetch('c1', never)).bytes.toString()).toBe('bytes');
    must(await rig.shim.close(never));
  });

  it('writes any host or folder name as JSON', async () => {
    const odd = 'export HOME="/tmp/\\"q\\\\ \t$(printf "\\001")ä"';
    const rig = await open(['dash', 'setsid'], odd);
    expect(rig.state.home).toBe('/tmp/"q\\ \t\u0001ä');
    must(await rig.shim.close(never));
  });

  it('tells which tools there are, once and for all', async () => {
    const rig = await open(['dash', 'setsid', 'tar', 'gzip']);
    expect(rig.state.tools).toEqual(['gzip', 'tar']);
    await rig.ask('ln -s "$(command -v tar)" bin/unzip');
    expect((await rig.again(rig.session, 2)).state.tools).toEqual(['gzip', 'tar']);
    must(await (await rig.again(rig.session, 2)).shim.close(never));
  });

  it('gets along with a shim from before it had pipes', async () => {
    const rig = await open(['dash', 'setsid']);
    await rig.ask(
      `sed -e 's/,."verbs.*tools.*fgr_x."/"/' -e 's/ | put | / | /; s/ | pipe | / | /' ${rig.folder}/shim >old; mv old ${rig.folder}/shim`,
    );
    const later = await rig.again(rig.session, 2);
    expect(later.state).toMatchObject({ verbs: [], tools: [] });
    expect(await later.shim.pipe({ script: 'true' }, never)).toEqual({ kind: 'broken', cause: 'no such verb' });
    must(await later.shim.close(never));
  });

  it('refuses a script that is too long for a pipe', async () => {
    const rig = await open(['dash', 'setsid']);
    await expect(rig.shim.pipe({ script: ':'.repeat(33_000) }, never)).rejects.toThrow('not a script for a pipe');
    must(await rig.shim.close(never));
  });

  it('keeps the shim that was there first', async () => {
    const rig = await open(['dash', 'setsid']);
    await rig.ask(`echo "# mine" >>${rig.folder}/shim`);
    await rig.again(rig.session, 2);
    expect((await rig.ask(`tail -n 1 ${rig.folder}/shim`)).stdout).toBe('# mine\n');
    must(await (await rig.again(rig.session, 2)).shim.close(never));
  });

  it('refuses a version it does not speak, and a verb it does not know', async () => {
    const rig = await open(['dash', 'setsid']);
    expect((await rig.ask(`sh ${rig.folder}/shim renew 1 3`)).stderr).toContain('"answer":"broken"');
    expect((await rig.ask(`sh ${rig.folder}/shim dance 1 1`)).stderr).toContain('"answer":"broken"');
    must(await rig.shim.close(never));
  });

  it('says that a worker is closed, and does not begin anew in one that ended itself', async () => {
    const rig = await open(['dash', 'setsid']);
    await rig.ask(`mv ${rig.folder}/g.1 ${rig.folder}/gone`);
    expect(await rig.shim.renew(never)).toEqual({ kind: 'broken', cause: 'this worker is closed' });
    const answer = await new ShimClient({ session: rig.session, folder: rig.folder, generation: 2, orphanTimeoutS: 60 }).open(never);
    expect(answer).toEqual({ kind: 'broken', cause: expect.stringContaining('no manager came back') });
    await rig.ask(`mv ${rig.folder}/gone ${rig.folder}/g.1`);
    must(await rig.shim.close(never));
  });

  it('reports a stage whose supervisor was killed', async () => {
    const rig = await open(['dash', 'setsid']);
    const stage = rig.stage('echo started; exec sleep 600');
    must(await rig.shim.run(stage, never));
    const onBytes = async () => {
      await rig.ask(`read -r super script dot <${rig.folder}/g.1/runs/step_script@1/pids; kill -KILL $super`);
    };
    const answer = await rig.shim.follow({ ...stage, offset: 0, onBytes }, never);
    expect(answer).toEqual({ kind: 'broken', cause: 'the supervisor of the stage is gone' });
    must(await rig.shim.close(never));
  });
});
