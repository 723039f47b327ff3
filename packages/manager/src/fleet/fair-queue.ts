/** Things that wait in lanes. Lanes have their turns one after the other; within a lane the first that came is the first to go. */
export class FairQueue<T> {
  /** In the order of their turns; a lane that had its turn goes to the end. No lane is empty. */
  readonly #lanes = new Map<string, T[]>();

  /** How many wait. */
  get size(): number {
    return [...this.#lanes.values()].reduce((sum, lane) => sum + lane.length, 0);
  }

  add(lane: string, item: T): void {
    const waiting = this.#lanes.get(lane);
    if (waiting) waiting.push(item);
    else this.#lanes.set(lane, [item]);
  }

  /** Takes the next one out; undefined when nobody waits. */
  next(): T | undefined {
    const [turn] = this.#lanes;
    if (!turn) return undefined;
    const [lane, waiting] = turn;
    const item = waiting.shift();
    this.#lanes.delete(lane);
    if (waiting.length > 0) this.#lanes.set(lane, waiting);
    return item;
  }

  /** Takes out one that no longer waits. */
  remove(lane: string, item: T): void {
    const left = (this.#lanes.get(lane) ?? []).filter((each) => each !== item);
    if (left.length === 0) this.#lanes.delete(lane);
    else if (this.#lanes.has(lane)) this.#lanes.set(lane, left);
  }
}
