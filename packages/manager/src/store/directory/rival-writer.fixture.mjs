// Replaces the record of job 1 in the store at argv[2] as owner argv[3] until it has won argv[4] versions; prints each of them.
import { systemClock, systemRandom } from '@fargate-gitlab-runner/kernel';
import { DirectoryStore } from './directory-store.ts';

const [path, owner, rounds] = process.argv.slice(2);
const store = await DirectoryStore.open({ path, clock: systemClock, random: systemRandom });
for (let won = 0; won < Number(rounds); ) {
  const { record, version } = await store.read('1');
  const outcome = await store.replace({ ...record, owner, generation: record.generation + 1 }, version);
  if (outcome.kind !== 'replaced') continue;
  won++;
  process.stdout.write(`${outcome.version}\n`);
}
