import { expect, test } from 'vitest';
import { differenceOf } from '../../../engine/acting/replace.ts';
import type { Plan } from '../../../engine/plan.ts';

const plan = (pods: number) =>
  ({
    ...{ cluster: 'prod-eu', clusterUid: 'u', cause: { id: 'c', title: 'C' }, effects: [], blocked: [], inverse: [] },
    diff: Array.from({ length: pods }, (_, pod) => ({
      ...{ object: `Pod shop/web-${pod}`, path: 'spec.nodeName', before: 'worker-3', after: null },
    })),
  }) as unknown as Plan;

test('of many differences six are told, and how many more there are', () => {
  expect(differenceOf(plan(1), plan(21)).split('; ')).toHaveLength(7);
  expect(differenceOf(plan(1), plan(21))).toMatch(/; and 14 more differences$/);
  expect(differenceOf(plan(1), plan(7))).toMatch(/Pod shop\/web-6 spec\.nodeName: worker-3 → absent$/);
});
