import type { Random } from '@fargate-gitlab-runner/kernel';

/** Addresses in 127.64.0.0/10 */
const FIRST = 64 << 16;
const COUNT = 64 << 16;

/**
 * Hands out loopback addresses of 127.64.0.0/10, one after the other from a random place, so that emulators on one machine do
 * not meet and an address comes again only after four million others. Linux routes all of 127.0.0.0/8 to itself; macOS does not.
 */
export class LoopbackAddresses {
  #next: number;

  constructor(random: Random) {
    this.#next = Math.floor(random.fraction() * COUNT);
  }

  take(): string {
    const low = () => this.#next & 0xff;
    while (low() === 0 || low() === 255) this.#next++;
    const offset = FIRST + (this.#next++ % COUNT);
    return `127.${offset >>> 16}.${(offset >>> 8) & 0xff}.${offset & 0xff}`;
  }
}
