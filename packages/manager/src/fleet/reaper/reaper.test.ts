import { derivedFamilyPrefixOf, TASK_TAGS } from '@fargate-gitlab-runner/blueprint';
import { describe, expect, it } from 'vitest';
import { refused, unclear } from '../scripted-ecs-gateway.test-double.ts';
import { INTERVAL_MS, ReaperRig } from './reaper-rig.test-double.ts';

describe('the reaper', () => {
  it('marks a task that no record claims, looks again after an interval, then stops it with the reason', async () => {
    const rig = new ReaperRig();
    rig.record('claimed');
    rig.run('claimed');
    rig.run('left');
    await rig.look();
    expect(rig.stopped).toEqual([]);
    expect(rig.events).toEqual([{ name: 'reaper.marked', taskArn: 'left', jobId: 'j-left', placementId: 'p-left' }]);
    await rig.look();
    expect(rig.stopped).toEqual(['left']);
    const why = 'reaper: no record claims placement p-left of job j-left, seen twice 60 s apart';
    expect(rig.gateway.callsOf('stopTask').map((call) => call.of)).toEqual([['left', why]]);
    expect(rig.events.at(-1)).toMatchObject({ name: 'reaper.stopped', why, unclaimedSeconds: 60, isDryRun: false });
    await rig.look(3);
    expect(rig.stopped).toEqual(['left']);
  });

  it('looks at tasks before it looks at records', async () => {
    const rig = new ReaperRig();
    rig.run('a');
    await rig.look();
    expect(rig.order).toEqual(['records after 2 calls', 'definitions of records']);
  });

  it('does not stop a task before a full interval has passed since it was marked', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    const { signal } = new AbortController();
    await rig.reaper.look(signal);
    await rig.clock.advance(INTERVAL_MS - 1);
    await rig.reaper.look(signal);
    expect(rig.stopped).toEqual([]);
    await rig.clock.advance(1);
    await rig.reaper.look(signal);
    expect(rig.stopped).toEqual(['left']);
  });

  it('takes a mark away when the task is claimed in between', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('late');
    await rig.look();
    rig.record('late');
    await rig.look(5);
    rig.records.delete('j-late');
    await rig.look();
    expect(rig.stopped).toEqual([]);
    expect(rig.names()).toEqual(['reaper.marked', 'reaper.marked']);
  });

  it('reads the record of the job anew before it stops', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    await rig.look();
    const { all } = rig.claimsInUse;
    rig.claimsInUse.all = async () => {
      const sight = await all();
      rig.record('left');
      return sight;
    };
    await rig.look(4);
    expect(rig.stopped).toEqual([]);
  });

  it.each([
    ['another deployment', { [TASK_TAGS.deployment]: 'prd' }],
    ['another store', { [TASK_TAGS.store]: '0'.repeat(24) }],
    ['no store', { [TASK_TAGS.store]: '' }],
    ['no placement', { [TASK_TAGS.placement]: '' }],
    ['no job', { [TASK_TAGS.job]: '' }],
  ])('leaves tasks of %s alone', async (_what, tags) => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('strange', tags);
    await rig.look(30);
    expect([rig.stopped, rig.events]).toEqual([[], []]);
  });

  it('leaves the task of a job alone whose record it can not decode', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.knownJobs.add('j-newer');
    rig.run('newer');
    await rig.look(30);
    expect([rig.stopped, rig.events]).toEqual([[], []]);
  });

  it('does nothing while the store can not be read, and begins anew afterwards', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    await rig.look();
    rig.storeFails = true;
    await rig.look(20);
    expect(rig.names().filter((name) => name === 'reaper.blind')).toHaveLength(20);
    rig.storeFails = false;
    await rig.look();
    expect(rig.stopped).toEqual([]);
    await rig.look();
    expect(rig.stopped).toEqual(['left']);
  });

  it('does nothing when another store lies where ours did', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    rig.storeId = 'f'.repeat(24);
    await rig.look(30);
    expect(rig.stopped).toEqual([]);
    expect(rig.events.at(-1)).toMatchObject({ name: 'reaper.blind', of: 'the job store', cause: expect.stringContaining('another one') });
  });

  it('believes a store that is suddenly empty only after ten intervals', async () => {
    const rig = new ReaperRig();
    rig.record('busy');
    rig.run('busy');
    await rig.look(3);
    rig.records.clear();
    await rig.look(10);
    expect(rig.stopped).toEqual([]);
    await rig.look();
    expect(rig.stopped).toEqual(['busy']);
  });

  it('believes a store that was empty from the start no sooner', async () => {
    const rig = new ReaperRig();
    rig.run('left');
    await rig.look(10);
    expect(rig.stopped).toEqual([]);
    await rig.look();
    expect(rig.stopped).toEqual(['left']);
  });

  it('sees tasks on every page, and those of one cluster when another one refuses', async () => {
    const clusters = ['one', 'two'].map((name) => ({ region: 'eu-west-1', clusterArn: `arn:cluster/${name}` }));
    const rig = new ReaperRig({ clusters });
    rig.record('other');
    for (const name of ['a', 'b', 'c', 'd', 'e']) rig.run(name);
    for (let turn = 0; turn < 2; turn++) {
      rig.gateway.trouble('listTasks', { exception: refused('AccessDeniedException', 'no') });
      await rig.look();
    }
    expect(rig.stopped.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(rig.events.filter(({ name }) => name === 'reaper.blind')).toEqual(
      Array(2).fill({ name: 'reaper.blind', of: 'arn:cluster/one', cause: 'AccessDeniedException: no' }),
    );
  });

  it('tries again at the next look when a task can not be stopped', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    await rig.look();
    rig.gateway.trouble('stopTask', { exception: unclear });
    await rig.look();
    expect(rig.names()).toEqual(['reaper.marked', 'reaper.failed']);
    await rig.look();
    expect(rig.stopped).toEqual(['left']);
  });

  it('leaves a task to the manager that has stopped it since', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    await rig.look();
    const task = rig.gateway.tagged.get('left');
    const list = rig.gateway.describeTagged.bind(rig.gateway);
    let looks = 0;
    rig.gateway.describeTagged = (cluster, arns, signal) => {
      if (++looks === 2 && task) rig.gateway.tagged.set('left', { ...task, desiredStatus: 'STOPPED', tags: new Map() });
      return list(cluster, arns, signal);
    };
    await rig.look(3);
    expect(rig.stopped).toEqual([]);
  });

  it('stops nothing in a dry run, and tells once what it would stop', async () => {
    const rig = new ReaperRig({ isDryRun: true });
    rig.record('other');
    rig.run('left');
    await rig.look(20);
    expect(rig.stopped).toEqual([]);
    expect(rig.names()).toEqual(['reaper.marked', 'reaper.stopped']);
    expect(rig.events.at(-1)).toMatchObject({ isDryRun: true });
  });

  it('goes on looking after a look that failed, until it is told to end', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.run('left');
    const end = new AbortController();
    const looking = rig.reaper.keepLooking(end.signal);
    const { listTasks } = rig.gateway;
    rig.gateway.listTasks = () => Promise.reject(new Error('a defect'));
    await rig.clock.advance(INTERVAL_MS);
    rig.gateway.listTasks = listTasks;
    await rig.clock.advance(2 * INTERVAL_MS);
    expect(rig.stopped).toEqual(['left']);
    expect(rig.events[0]).toEqual({ name: 'reaper.blind', of: 'a look', cause: 'Error: a defect' });
    end.abort();
    await looking;
  });
});

describe('derived task definitions', () => {
  const family = `${derivedFamilyPrefixOf('dev')}0123456789abcdef`;
  const DAY_MS = 24 * 3600 * 1000;

  it('go when they are old and nothing uses them; others stay', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    const old = rig.clock.now() - 31 * DAY_MS;
    const definitions = [`${family}:1`, `${family}:2`, `${family}:3`, 'task-dev-worker:1', `${derivedFamilyPrefixOf('dev')}by-hand:1`];
    for (const arn of definitions) {
      rig.gateway.revisions.set(arn, arn.endsWith(':3') ? rig.clock.now() : old);
      rig.gateway.definitions.set(arn, ['ci-coordinator']);
    }
    rig.run('other', {}, `${family}:2`);
    await rig.look();
    const expected = definitions.slice(1);
    expect([...rig.gateway.revisions.keys()]).toEqual(expected);
    expect(rig.events).toEqual([{ name: 'reaper.deregistered', taskDefinitionArn: `${family}:1`, isDryRun: false }]);
  });

  it.each([
    ['by ARN', `${family}:1`],
    ['as a family', family],
  ])('stay while a record names them %s, whose task does not run yet', async (_how, name) => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.gateway.revisions.set(`${family}:1`, rig.clock.now() - 31 * DAY_MS);
    rig.gateway.definitions.set(`${family}:1`, ['ci-coordinator']);
    rig.namedDefinitions.add(name);
    await rig.look();
    expect([...rig.gateway.revisions.keys()]).toEqual([`${family}:1`]);
  });

  it('stay, and that is told, while nobody can say what records name', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.gateway.revisions.set(`${family}:1`, rig.clock.now() - 31 * DAY_MS);
    rig.gateway.definitions.set(`${family}:1`, ['ci-coordinator']);
    rig.claimsInUse.taskDefinitions = () => Promise.reject(new Error('job 3'));
    await rig.look(3);
    expect([...rig.gateway.revisions.keys()]).toEqual([`${family}:1`]);
    expect(rig.events).toEqual([{ name: 'reaper.blind', of: 'the task definitions that records name', cause: 'Error: job 3' }]);
  });

  it('are told of once where the role may not look at them', async () => {
    const rig = new ReaperRig();
    rig.record('other');
    rig.gateway.trouble('listFamilies', { exception: refused('AccessDeniedException', 'no') });
    await rig.look(5);
    expect(rig.names()).toEqual(['reaper.blind']);
  });
});
