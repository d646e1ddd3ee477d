import { expect, test } from 'vitest';
import * as z from 'zod';
import { lab } from './lab.ts';

const subject = { kind: 'ServiceAccount', namespace: 'security', name: 'default' } as const;
const Level = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ limited: z.looseObject({ nominalConcurrencyShares: z.number() }).optional() }),
});

/** A colleague gives the level other shares: from now on the API server answers it so. */
function edit({ cluster }: Awaited<ReturnType<typeof lab>>) {
  const { source } = cluster;
  const read: typeof source.read = async (request, limits) => {
    const answer = await source.read(request, limits);
    const level = Level.safeParse(answer.body).data;
    if (request.verb !== 'get' || request.kind !== 'PriorityLevelConfiguration' || !level) return answer;
    return { ...answer, body: { ...level, spec: { ...level.spec, limited: { nominalConcurrencyShares: 60 } } } };
  };
  Object.assign(cluster, { source: { ...source, read } });
}

test.each([
  ['that nobody has touched is taken back', false],
  ['that somebody has edited since is theirs: the undo says so', true],
] as const)('a priority level %s', async (_what, isEdited) => {
  await using it = await lab([{ verb: 'isolate-flow', flow: 'scanner', subject, shares: 10 }]);
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'applied' });
  if (isEdited) edit(it);
  await it.press(id, 'undo', 'U0ASKER');

  const blocked = ['somebody has changed PriorityLevelConfiguration nightshift-scanner since'];
  expect(await it.latest()).toMatchObject(
    isEdited ? { state: 'shown', blocked } : { state: 'requested', undoes: id, blocked: [] },
  );
});
