import { describe, expect, it } from 'vitest';
import { RunnerHealth } from './runner-health.ts';

const REST_MS = 3_600_000;

function rig() {
  let now = 1000;
  const health = new RunnerHealth(() => now, { limit: 3, restMs: REST_MS });
  return { health, pass: (ms: number) => (now += ms) };
}

describe('RunnerHealth', () => {
  it('may ask at first', () => {
    expect(rig().health.restMs).toBe(0);
  });

  it('rests after the third refusal in a row, and says so once', () => {
    const { health, pass } = rig();
    expect([health.refused(), health.refused(), health.restMs, health.refused()]).toEqual([false, false, 0, true]);
    expect(health.restMs).toBe(REST_MS);
    pass(REST_MS - 1);
    expect(health.restMs).toBe(1);
    pass(1);
    expect(health.restMs).toBe(0);
  });

  it('counts from the beginning after a rest', () => {
    const { health, pass } = rig();
    for (let n = 0; n < 3; n++) health.refused();
    pass(REST_MS);
    expect([health.refused(), health.refused(), health.refused()]).toEqual([false, false, true]);
  });

  it('forgets refusals when GitLab answers in between', () => {
    const { health } = rig();
    health.refused();
    health.refused();
    health.answered();
    expect([health.refused(), health.refused(), health.restMs]).toEqual([false, false, 0]);
  });

  it('rests for lack of capacity until the time is over', () => {
    const { health, pass } = rig();
    health.lackedCapacity(60_000);
    pass(59_999);
    expect(health.restMs).toBe(1);
    pass(1);
    expect(health.restMs).toBe(0);
  });

  it('asks again as soon as a worker is placed', () => {
    const { health } = rig();
    health.lackedCapacity(60_000);
    health.placed();
    expect(health.restMs).toBe(0);
  });

  it('does not shorten the rest of a refused runner for lack of capacity', () => {
    const { health } = rig();
    for (let n = 0; n < 3; n++) health.refused();
    health.lackedCapacity(60_000);
    expect(health.restMs).toBe(REST_MS);
  });
});
