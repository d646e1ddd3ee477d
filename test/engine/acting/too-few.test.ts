import { expect, test } from 'vitest';
import { remembering } from '../../../infra/slack/remembering.ts';
import { lab } from './lab.ts';

const KEEP_MS = 60_000;

/** The policy names a user group of Slack, of which Nightshift remembers for a minute who is in it. */
async function withTeam(group: string[]) {
  const it = await lab([{ verb: 'uncordon', node: 'worker-3' }]);
  await it.behindOurBack({ verb: 'cordon', node: 'worker-3' });
  const members = remembering(async () => [...group], KEEP_MS, it.acting.clock);
  const person: typeof it.acting.people.person = async (id) => ({
    id,
    name: id,
    standing: it.standing[id] ?? 'member',
  });
  Object.assign(it.acting, { people: { person, groupMembers: members } });
  it.rules.policy = [{ ...it.rule, approvers: { users: [], userGroups: ['S0TEAM'] } }];
  return it;
}

test('who asks for what nobody else may approve is told so, and nothing is asked for', async () => {
  await using it = await withTeam(['U0ASKER']);
  const { state } = await it.requested();
  expect(state).toBe('shown');
  expect((await it.told()).at(-1)).toContain('nobody else may approve it, and 1 must');
});

test('somebody who was added to the group meanwhile counts at the next press', async () => {
  const group = ['U0ASKER'];
  await using it = await withTeam(group);
  const { id } = await it.requested();
  group.push('U0LEAD');
  it.ahead(5);
  await it.send({ type: 'request', plan: id, by: 'U0ASKER', channel: 'C0CRASH' });
  expect(await it.plan(id)).toMatchObject({ state: 'requested' });
});
