import { describe, expect, it } from 'vitest';
import type { RecordedPlacement } from '../../store/job-record.ts';
import { subnetsOf, takesFallback } from './placement-choice.ts';

const SUBNETS = ['subnet-a', 'subnet-b'];
const FALLBACK = [{ provider: 'FARGATE', weight: 1 }] as const;

/** Placements that failed like this, one after the other. */
function failed(...how: ('capacity' | 'addresses' | 'image')[]): RecordedPlacement[] {
  return how.map((each, at) => ({
    id: String(at),
    region: 'eu-west-1',
    request: '{}',
    failure: each,
    ...(each === 'capacity' && { elsewhere: true }),
    ...(each !== 'image' && { otherSubnets: true }),
  }));
}

/** Subnets and capacity of the first placements when each fails for lack of capacity. */
function choices(worker: Parameters<typeof subnetsOf>[0], count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const before = failed(...Array.from({ length: at }, () => 'capacity' as const));
    return `${subnetsOf(worker, before).join('+')} ${takesFallback(worker, before) ? 'fallback' : 'own'}`;
  });
}

describe('the choice of subnets', () => {
  it('begins with all of them, gives each a turn of its own after failures of capacity, and begins again', () => {
    expect(choices({ subnetIds: SUBNETS }, 4)).toEqual(['subnet-a+subnet-b own', 'subnet-a own', 'subnet-b own', 'subnet-a+subnet-b own']);
  });

  it('tries both capacities in the same subnets before the next have their turn', () => {
    expect(choices({ subnetIds: SUBNETS, capacityFallback: FALLBACK }, 6)).toEqual([
      'subnet-a+subnet-b own',
      'subnet-a+subnet-b fallback',
      'subnet-a own',
      'subnet-a fallback',
      'subnet-b own',
      'subnet-b fallback',
    ]);
  });

  it('goes on to the next subnet when there was no address, whatever the capacity', () => {
    const worker = { subnetIds: SUBNETS, capacityFallback: FALLBACK };
    const chosen = [failed('addresses'), failed('addresses', 'addresses')].map((before) => subnetsOf(worker, before));
    expect(chosen).toEqual([['subnet-a'], ['subnet-b']]);
  });

  it('stays with what it has after other failures, and where there is one subnet only', () => {
    expect(subnetsOf({ subnetIds: SUBNETS }, failed('image', 'image'))).toEqual(SUBNETS);
    expect(subnetsOf({ subnetIds: ['subnet-a'] }, failed('capacity', 'capacity'))).toEqual(['subnet-a']);
  });
});
