import { expect, it } from 'vitest';
import { whyInnocent } from '../../runbooks/evidence/rolled-out.ts';

const troubleAt = new Date('2026-11-22T03:00:00Z');
const at = (time: string, revision = 3) =>
  whyInnocent({ revision, madeAt: `2026-11-22T${time}:00Z` }, troubleAt, 60 * 60);

it('blames a version that came in the hour before the trouble, or at its very beginning', () => {
  for (const time of ['02:00', '02:45', '03:00', '03:02']) expect(at(time)).toBeUndefined();
});

it('blames none that is older, that came as an answer to it, or before which there is none', () => {
  expect(at('01:55')).toMatch(/^revision 3 is 65 min older than the trouble: /);
  expect(at('03:03')).toBe("revision 3 came 3 min after the trouble had begun: it may be somebody's answer to it");
  expect(at('02:45', 1)).toMatch(/no earlier revision$/);
});
