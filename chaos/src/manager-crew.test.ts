import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManagerUnderTest } from '@fargate-gitlab-runner/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LostAnswers } from './lost-answers.ts';
import { ManagerCrew } from './manager-crew.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fgr-crew-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A crew of one whose managers are this program; resolves once it has said a word, or has ended. */
async function crewOf(program: string) {
  const path = join(folder, 'program.mjs');
  await writeFile(path, program);
  let made = 0;
  const startManager = async () => {
    const name = `manager-${++made}`;
    const manager = new ManagerUnderTest({ name, program: path, config: 'none', log: join(folder, `${name}.log`) });
    while (manager.isRunning && (await manager.log()) === '') await new Promise((resolve) => setImmediate(resolve));
    return manager;
  };
  const lost = new LostAnswers();
  const systemIdOf = async () => undefined;
  return ManagerCrew.start({ startManager }, { versions: { present: path, next: path }, count: 1, lost, systemIdOf });
}

const STAYS = 'console.log("here"); setInterval(() => undefined, 1000);';

describe('the managers of a run', () => {
  it.each([0, 3])('that are told to go and end with %i are judged by that', async (code) => {
    const crew = await crewOf(`process.on('SIGTERM', () => process.exit(${code})); ${STAYS}`);
    expect(await crew.replace(0)).toBe(true);
    await crew.end();
    const wrong = ['manager-1', 'manager-2'].map((name) => `${name}, which was told to go, ended with ${code}`);
    expect(crew.problems).toEqual(code === 0 ? [] : wrong);
  });

  it('may be cut short by a second signal', async () => {
    const crew = await crewOf(`process.on('SIGQUIT', () => undefined); process.on('SIGTERM', () => process.exit(130)); ${STAYS}`);
    await crew.drain(0, 1);
    expect(crew.problems).toEqual([]);
    await crew.end();
    expect(crew.problems).toEqual(['manager-2, which was told to go, ended with 130']);
  });

  it('may not end by themselves', async () => {
    const crew = await crewOf('process.exitCode = 70;');
    await crew.kill(0, 0);
    expect(crew.problems).toEqual(['manager-1 ended by itself, with 70']);
  });

  it('listen to signals once they have said a word', async () => {
    const crew = await crewOf(STAYS);
    await crew.end();
    expect(crew.problems).toEqual(['manager-1, which was told to go, ended with SIGTERM']);
  });
});
