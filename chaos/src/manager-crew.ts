import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';
import type { LostAnswers } from './lost-answers.ts';

/** The two versions between which a deploy goes, and back. */
export interface Versions {
  readonly present: string;
  readonly next: string;
}

/** SIGTERM after SIGQUIT: the second signal ends at once. */
const ENDED_AT_ONCE = 130;

/** One of the places in which a manager is always meant to run. */
interface Place {
  manager: ManagerUnderTest;
  /** Somebody is ending or replacing the manager: nobody else does. */
  isBusy: boolean;
}

/** `versions`: paths of the two programs. `lost` hears of what may lose a job. */
export interface CrewSettings {
  readonly versions: Versions;
  readonly count: number;
  readonly lost: LostAnswers;
  /** The `system_id` by which GitLab knows a manager; undefined when it has not come so far. */
  systemIdOf(manager: ManagerUnderTest): Promise<string | undefined>;
}

/**
 * The managers of the run: so many at a time, whatever is done to them. What is done to a place that is busy already is left out; the counts
 * say how often something really happened.
 */
export class ManagerCrew {
  readonly #rig: Pick<Rig, 'startManager'>;
  readonly #of: CrewSettings;
  readonly #places: Place[] = [];
  readonly #all: ManagerUnderTest[] = [];
  readonly #problems: string[] = [];
  #current: keyof Versions = 'present';

  private constructor(rig: Pick<Rig, 'startManager'>, of: CrewSettings) {
    this.#rig = rig;
    this.#of = of;
  }

  static async start(rig: Pick<Rig, 'startManager'>, of: CrewSettings): Promise<ManagerCrew> {
    const crew = new ManagerCrew(rig, of);
    for (let place = 0; place < of.count; place++) crew.#places.push({ manager: await crew.#begin(), isBusy: false });
    return crew;
  }

  /** Every manager that there ever was. */
  get all(): readonly ManagerUnderTest[] {
    return this.#all;
  }

  /** Managers that ended without being told to, or otherwise than they should. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** SIGKILL, and a new process after a rest. */
  kill(pick: number, restMs: number): Promise<boolean> {
    return this.#with(pick, async (place) => {
      await this.#noteEnd(place.manager);
      await place.manager.kill('SIGKILL');
      await systemClock.sleep(restMs);
      place.manager = await this.#begin();
    });
  }

  /** SIGSTOP, then SIGCONT. */
  pause(pick: number, forMs: number): Promise<boolean> {
    return this.#with(pick, async ({ manager }) => {
      await manager.kill('SIGSTOP');
      await systemClock.sleep(forMs);
      await manager.kill('SIGCONT');
    });
  }

  /** The new process first, then SIGTERM to the old one. */
  replace(pick: number): Promise<boolean> {
    return this.#with(pick, (place) => this.#exchange(place));
  }

  /** SIGQUIT; SIGTERM when its jobs last too long. */
  drain(pick: number, patienceMs: number): Promise<boolean> {
    return this.#with(pick, async (place) => {
      const old = place.manager;
      place.manager = await this.#begin();
      const gone = old.kill('SIGQUIT');
      await Promise.race([gone, systemClock.sleep(patienceMs)]);
      if (old.isRunning) await this.#noteEnd(old);
      await old.kill('SIGTERM');
      await this.#judgeEnd(old, [0, ENDED_AT_ONCE]);
    });
  }

  /** Every place gets a manager of the other version, one after the other, as ECS replaces the tasks of a service. */
  async roll(): Promise<boolean> {
    this.#current = this.#current === 'present' ? 'next' : 'present';
    let exchanged = 0;
    for (const [at] of this.#places.entries())
      if (await this.#with((at + 0.5) / this.#places.length, (place) => this.#exchange(place))) exchanged++;
    return exchanged > 0;
  }

  /** Ends all managers in order, as the end of a service does. */
  async end(): Promise<void> {
    for (const { manager } of this.#places) this.#judgeLife(manager);
    await Promise.all(this.#places.map(({ manager }) => this.#replaced(manager)));
  }

  /** It is about to be ended with whatever it has. */
  async #noteEnd(manager: ManagerUnderTest): Promise<void> {
    const systemId = await this.#of.systemIdOf(manager);
    if (systemId !== undefined) this.#of.lost.managerKilled(systemId, systemClock.now());
  }

  async #exchange(place: Place): Promise<void> {
    const old = place.manager;
    place.manager = await this.#begin();
    await this.#replaced(old);
  }

  async #replaced(manager: ManagerUnderTest): Promise<void> {
    await manager.kill('SIGTERM');
    await this.#judgeEnd(manager, [0]);
  }

  /** A manager that nobody told to go has to be there. */
  #judgeLife(manager: ManagerUnderTest): void {
    if (!manager.isRunning) this.#problems.push(`${manager.name} ended by itself, with ${manager.exitCode ?? manager.signal}`);
  }

  /** A process that was ended before it had said a word had not come as far as listening to signals. */
  async #judgeEnd(manager: ManagerUnderTest, allowed: readonly number[]): Promise<void> {
    const { exitCode, signal, name } = manager;
    if (exitCode === null ? (await manager.log()) === '' : allowed.includes(exitCode)) return;
    this.#problems.push(`${name}, which was told to go, ended with ${exitCode ?? signal}`);
  }

  async #with(pick: number, act: (place: Place) => Promise<void>): Promise<boolean> {
    const place = this.#places[Math.floor(pick * this.#places.length)];
    if (!place || place.isBusy) return false;
    place.isBusy = true;
    this.#judgeLife(place.manager);
    await act(place).finally(() => {
      place.isBusy = false;
    });
    return true;
  }

  async #begin(): Promise<ManagerUnderTest> {
    const manager = await this.#rig.startManager({ program: this.#of.versions[this.#current] });
    this.#all.push(manager);
    return manager;
  }
}
