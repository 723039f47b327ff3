import { systemClock } from '@fargate-gitlab-runner/kernel';
import type { ManagerUnderTest, Rig } from '@fargate-gitlab-runner/testkit';

/** The two versions between which a deploy goes, and back. */
export interface Versions {
  readonly present: string;
  readonly next: string;
}

/** One of the places in which a manager is always meant to run. */
interface Place {
  manager: ManagerUnderTest;
  /** Somebody is ending or replacing the manager: nobody else does. */
  isBusy: boolean;
}

/**
 * The managers of the run: so many at a time, whatever is done to them. What is done to a place that is busy already is left out; the counts
 * say how often something really happened.
 */
export class ManagerCrew {
  readonly #rig: Rig;
  readonly #versions: Versions;
  readonly #places: Place[] = [];
  readonly #all: ManagerUnderTest[] = [];
  #current: keyof Versions = 'present';

  private constructor(rig: Rig, versions: Versions) {
    this.#rig = rig;
    this.#versions = versions;
  }

  /** @param versions paths of the two programs */
  static async start(rig: Rig, versions: Versions, count: number): Promise<ManagerCrew> {
    const crew = new ManagerCrew(rig, versions);
    for (let place = 0; place < count; place++) crew.#places.push({ manager: await crew.#begin(), isBusy: false });
    return crew;
  }

  /** Every manager that there ever was. */
  get all(): readonly ManagerUnderTest[] {
    return this.#all;
  }

  /** SIGKILL, and a new process after a rest. */
  kill(pick: number, restMs: number): Promise<boolean> {
    return this.#with(pick, async (place) => {
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
      await old.kill('SIGTERM');
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

  /** Ends all managers in order, as the end of a service does. Resolves with the exit codes. */
  async end(): Promise<readonly (number | null)[]> {
    await Promise.all(this.#places.map(({ manager }) => manager.kill('SIGTERM')));
    return this.#places.map(({ manager }) => manager.exitCode);
  }

  async #exchange(place: Place): Promise<void> {
    const old = place.manager;
    place.manager = await this.#begin();
    await old.kill('SIGTERM');
  }

  async #with(pick: number, act: (place: Place) => Promise<void>): Promise<boolean> {
    const place = this.#places[Math.floor(pick * this.#places.length)];
    if (!place || place.isBusy) return false;
    place.isBusy = true;
    await act(place).finally(() => {
      place.isBusy = false;
    });
    return true;
  }

  async #begin(): Promise<ManagerUnderTest> {
    const manager = await this.#rig.startManager({ program: this.#versions[this.#current] });
    this.#all.push(manager);
    return manager;
  }
}
