import { describe, expect, test } from 'vitest';
import { lastDeeds } from '../../../engine/acting/lineage.ts';
import type { Plan, Step } from '../../../engine/plan.ts';

const at = (minute: number) => `2026-11-21T03:${String(minute).padStart(2, '0')}:00.000Z`;
const node = { kind: 'Node', name: 'worker-3' } as const;

/** A patch of one field of the node. */
function wrote(path: string, minute: number): Step {
  const marks = [{ object: 'Node worker-3', path, before: null, after: 'true' }];
  return { action: 'patch Node worker-3', verb: 'patch', object: node, marks, state: 'done', at: at(minute) };
}

function plan(id: string, minute: number, steps: readonly Step[], fields: Partial<Plan> = {}): Plan {
  const base = { incident: 'i', cluster: 'c', changes: [], executedAt: at(minute) };
  return { ...base, id, steps, ...fields } as unknown as Plan;
}

const field = 'spec.unschedulable';
const uncordon = {
  action: { verb: 'patch', object: node, type: 'merge', body: {} },
  marks: [{ object: 'Node worker-3', path: field, before: 'true', after: 'false' }],
} as const;
/** Of a drain that found its node cordoned. */
const evictions = plan('evictions', 10, [
  { action: 'evict', verb: 'evict', object: { kind: 'Pod', namespace: 'a', name: 'b' }, state: 'done' },
]);

function lastOnNode(plans: readonly Plan[], undone = evictions): string | undefined {
  return lastDeeds(undone, [...plans, undone], [uncordon]).get('Node worker-3')?.plan.id;
}

describe('the cordon that the undo of a drain takes away', () => {
  test('is that of the earlier plan of the incident', () => {
    expect(lastOnNode([plan('cordon', 5, [wrote(field, 5)])])).toBe('cordon');
  });

  test('is not there any more once that one was taken back', () => {
    const undo = plan('undo', 20, [wrote(field, 20)], { undoes: 'cordon' });
    expect(lastOnNode([plan('cordon', 5, [wrote(field, 5)]), undo])).toBe('undo');
  });

  test.each<[string, Plan]>([
    ['of another incident', plan('cordon', 5, [wrote(field, 5)], { incident: 'other' })],
    ['of another cluster', plan('cordon', 5, [wrote(field, 5)], { cluster: 'other' })],
    ['that came later', plan('cordon', 15, [wrote(field, 15)])],
    ['that wrote something else', plan('note', 5, [wrote('metadata.annotations[x]', 5)])],
    ['whose request was refused', plan('cordon', 5, [{ ...wrote(field, 5), state: 'failed' }])],
  ])('is not that of a plan %s', (_what, other) => {
    expect(lastOnNode([other])).toBeUndefined();
  });
});

describe('what a plan has done itself', () => {
  const own = plan('own', 10, [wrote(field, 10)]);

  test('counts, and not what came before or what others did since', () => {
    const others = [plan('before', 5, [wrote(field, 5)]), plan('since', 15, [wrote(field, 15)])];
    expect(lastOnNode(others, own)).toBe('own');
  });

  test('counts as its undo left it, and as the undo of that left it', () => {
    const undo = plan('undo', 20, [wrote(field, 20)], { undoes: 'own' });
    const again = plan('again', 30, [wrote(field, 30)], { undoes: 'undo' });
    expect(lastOnNode([undo], own)).toBe('undo');
    expect(lastOnNode([again, undo], own)).toBe('again');
  });
});
