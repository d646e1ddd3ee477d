import { describe, expect, it } from 'vitest';
import { evictionOf, stormOf } from '../../../runbooks/evidence/evicted.ts';

const now = new Date('2026-11-21T03:00:00Z');
const lately = '2026-11-21T02:01:00Z';
const before = '2026-11-21T01:59:00Z';
const lastMonth = '2026-10-21T02:50:00Z';

interface Given {
  readonly message: string;
  readonly created?: string;
  readonly startTime?: string;
  readonly conditions?: readonly { readonly type: string; readonly lastTransitionTime: string }[];
}
const evicted = ({ created, ...status }: Given) => ({
  metadata: { creationTimestamp: created ?? null },
  status: { phase: 'Failed', reason: 'Evicted', ...status },
});
const storm = (...given: readonly Given[]) =>
  stormOf(
    given.flatMap((one) => evictionOf(evicted(one)) ?? []),
    'MemoryPressure',
    now,
  );

const low = 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi. ';
const ended = (lastTransitionTime: string) => [{ type: 'DisruptionTarget', lastTransitionTime }];

describe('what the kubelet ended for a resource', () => {
  it('belongs to the storm that goes on when it was ended within the hour, by whatever says when', () => {
    const victims = storm(
      { message: low, created: lastMonth, conditions: ended(lately) },
      { message: low, created: lastMonth, conditions: [{ type: 'Ready', lastTransitionTime: lately }] },
      { message: low, created: lately },
    );
    expect(victims).toEqual({ victims: 3, turnedAway: 0, undated: 0 });
    const refused = 'Pod The node had condition: [MemoryPressure]. ';
    expect(storm({ message: refused, created: lastMonth, startTime: lately })).toMatchObject({ turnedAway: 1 });
  });

  it('is left over from another storm when that was longer ago', () => {
    const left = storm(
      { message: low, created: lastMonth, conditions: ended(lastMonth) },
      { message: low, created: lastMonth, conditions: ended(before) },
      { message: 'Pod The node had condition: [MemoryPressure]. ', created: lastMonth },
    );
    expect(left).toEqual({ victims: 0, turnedAway: 0, undated: 0 });
  });

  it('is not taken for one of now when nothing says when', () => {
    expect(storm({ message: low, created: lastMonth })).toEqual({ victims: 0, turnedAway: 0, undated: 1 });
  });

  it('counts for the resource that it was ended for alone', () => {
    const others = ['ephemeral-storage', 'inodes', 'pids'].map((what) => ({
      message: `The node was low on resource: ${what}. `,
      created: lately,
    }));
    expect(storm(...others, { message: 'Pod The node had condition: [DiskPressure]. ' })).toEqual({
      victims: 0,
      turnedAway: 0,
      undated: 0,
    });
    const both = storm({ message: 'The node had condition: [DiskPressure MemoryPressure]. ', created: lately });
    expect(both).toMatchObject({ turnedAway: 1 });
  });

  it('is nothing of a pod that ended by itself', () => {
    expect(
      evictionOf({ metadata: {}, status: { phase: 'Failed', reason: 'Error', message: 'low on resource: pids' } }),
    ).toBe(undefined);
  });
});
