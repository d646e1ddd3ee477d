import { expect, test } from 'vitest';
import { beforeOf } from '../../../engine/acting/outcome.ts';
import { amend } from '../../../engine/documents.ts';
import { type Incident, slotOf } from '../../../engine/incident.ts';
import { tempDir } from '../../harness/temp.ts';
import { sample } from '../night.ts';
import { deed } from './deed.ts';

/** The kubelet is started by hand. */
const stopped = sample.causes.stopped;
const withManual = {
  ...sample,
  causes: stopped ? { stopped: { ...stopped, remedies: ['cordon', 'start'] } } : {},
  manual: {
    start: {
      title: 'Start the kubelet',
      risk: 'low' as const,
      steps: () => [
        { kind: 'change' as const, title: 'Start it', verify: { command: 'kubectl get node', shows: 'Ready' } },
      ],
    },
  },
};

async function byHand(options: Parameters<typeof deed>[0] = {}) {
  const it = await deed(options);
  Object.assign(it.acting, { runbooks: [withManual] });
  /** `at`: when it was pressed, where the message says so. */
  const said = async (by = 'U-ASKER', at?: string) => {
    const { id } = await it.incident();
    const made = at === undefined ? {} : { made: { wish: 'w', at } };
    await it.send({ type: 'done-by-hand', incident: id, manual: 'start', by, channel: 'C1', ...made });
  };
  const verified = async () => (await it.ledger()).filter(({ kind }) => kind === 'verified');
  const outcomes = () =>
    it.channel
      .cards()
      .at(-1)
      ?.byHand.map(({ outcome }) => outcome);
  return { it, said, verified, outcomes };
}

test('what was done by hand is looked at until it has helped, and the card and the ledger say so', async () => {
  const { it, said, verified, outcomes } = await byHand();
  await using _ = it;
  await it.trouble();
  await said();
  expect(outcomes()).toEqual(['looking whether it helped']);
  await it.pass(30);
  expect(outcomes()).toEqual([expect.stringContaining('looking whether it helped')]);
  expect(await verified()).toEqual([]);
  it.cluster.setReady('worker-1', true);
  await it.pass(90);
  expect(outcomes()).toEqual([expect.stringMatching(/^verified: fixed: /)]);
  expect(await verified()).toMatchObject([{ details: { manual: 'start', verdict: 'fixed', looks: 2 } }]);
  await it.pass(600);
  expect(await verified()).toHaveLength(1);
});

test('whoever looks whether it helped is told the alert, as who looked before was: what is read may depend on it', async () => {
  const told: (string | undefined)[] = [];
  const { node } = sample.evidence;
  if (!node) throw new Error('the sample looks at its node');
  const attentive: typeof node = {
    ...node,
    read: (readers, target, context) => {
      told.push(context.alert?.name);
      return node.read(readers, target, context);
    },
  };
  const { it, said } = await byHand();
  await using _ = it;
  Object.assign(it.acting, { runbooks: [{ ...withManual, evidence: { node: attentive } }] });
  await it.trouble();
  await said();
  await it.pass(30);
  expect(told.length).toBeGreaterThanOrEqual(1);
  expect(new Set(told)).toEqual(new Set(['NodeUnwell']));
});

test.each<[string, (it: Awaited<ReturnType<typeof deed>>) => unknown, string]>([
  ['that did not help', () => undefined, 'not-fixed'],
  ['that helped at the last moment', (it) => it.cluster.setReady('worker-1', true), 'fixed'],
])('after ten minutes the last look decides: what was done %s', async (_what, change, verdict) => {
  const { it, said, verified, outcomes } = await byHand();
  await using _ = it;
  await it.trouble();
  await said();
  for (const seconds of [30, 90, 180]) await it.pass(seconds);
  expect(await verified()).toEqual([]);
  await change(it);
  await it.pass(300);
  expect(await verified()).toMatchObject([{ details: { verdict, looks: 4 } }]);
  expect(outcomes()?.[0]).toMatch(verdict === 'fixed' ? /^verified: fixed/ : /^verified: not fixed/);
});

test("whoever really does it right before the end of somebody else's series gets looks of their own", async () => {
  const { it, said, verified, outcomes } = await byHand();
  await using _deed = it;
  await it.trouble();
  await said();
  for (const seconds of [30, 90, 180, 280]) await it.pass(seconds);
  await said('U-SECOND');
  await it.pass(20);
  expect(outcomes()).toEqual([expect.stringMatching(/^verified: not fixed/), 'looking whether it helped']);
  it.cluster.setReady('worker-1', true); // the kubelet they started reports 30 s later
  await it.pass(15);

  expect(outcomes()).toEqual([
    expect.stringMatching(/^verified: not fixed/),
    expect.stringMatching(/^verified: fixed/),
  ]);
  expect((await verified()).map(({ details }) => details?.verdict)).toEqual(['not-fixed', 'fixed']);
});

test('somebody who does the same meanwhile starts no second series, and gets the same answer', async () => {
  const { it, said, verified, outcomes } = await byHand();
  await using _ = it;
  await it.trouble();
  await said();
  await it.pass(90);
  await said('U-SECOND');
  expect((await it.incident()).byHand).toHaveLength(2);
  for (const seconds of [30, 180, 300, 600]) await it.pass(seconds);
  expect(await verified()).toHaveLength(1);
  expect(outcomes()).toEqual([expect.stringMatching(/^verified: not fixed/), expect.stringMatching(/^verified: not/)]);
  await said();
  await it.pass(30);
  expect(outcomes()?.at(-1)).toContain('looking');
});

test('it survives a restart', async () => {
  await using folder = await tempDir('by-hand');
  const before = await byHand({ directory: folder.path });
  await before.it.trouble();
  await before.said();
  await before.it[Symbol.asyncDispose]();
  const { it, verified } = await byHand({ directory: folder.path });
  await using _ = it;
  it.channel.posts.push(...before.it.channel.posts);
  it.cluster.setReady('worker-1', false);
  for (const seconds of [30, 90, 180, 300]) await it.pass(seconds);
  expect(await verified()).toMatchObject([{ details: { verdict: 'not-fixed', looks: 4 } }]);
});

test('a look whose message was lost is asked for again', async () => {
  const { it, verified } = await byHand();
  await using _ = it;
  const { id, report } = await it.trouble();
  if (!report) throw new Error('it was not looked at');
  await amend<Incident, void>(it.acting.store, 'incidents', slotOf(id), (incident) => {
    if (!incident) throw new Error('there is no incident');
    const at = it.acting.clock.now().toISOString();
    const title = 'Start the kubelet';
    const deed = { manual: 'start', title, by: 'U-ASKER', at, cause: 'stopped', before: beforeOf(report) };
    return { result: undefined, value: { ...incident, byHand: [deed] } };
  });
  await it.pass(330);
  expect((await it.incident()).byHand?.[0]?.verification).toMatchObject({ looks: 1, verdict: 'waiting' });
  await it.pass(270);
  expect(await verified()).toMatchObject([{ details: { verdict: 'not-fixed', looks: 2 } }]);
});

test('an incident that nobody has an alert of says what came of it, too, and is over', async () => {
  const { it, said, outcomes } = await byHand();
  await using _ = it;
  const { id } = await it.trouble();
  const stored = await it.acting.store.get('incidents', slotOf(id));
  const value = { ...(stored?.value as object), firing: [], alertCount: 0 };
  await it.acting.store.put({ collection: 'incidents', id: slotOf(id), value, expect: 'any' });
  await said();
  it.cluster.setReady('worker-1', true);
  await it.pass(30);
  expect(await it.incident()).toMatchObject({ state: 'closed' });
  expect(outcomes()?.[0]).toMatch(/^verified: fixed/);
});

test('what got through late counts from when it was said, and is looked at for what is left of its time', async () => {
  const { it, said, verified } = await byHand();
  await using _ = it;
  await it.trouble();
  const at = it.acting.clock.now().toISOString();
  await it.pass(240);
  await said('U-ASKER', at);
  expect((await it.incident()).byHand).toMatchObject([{ at, before: { confirmed: { stopped: null } } }]);
  expect((await it.ledger()).findLast(({ kind }) => kind === 'done-by-hand')).toMatchObject({ details: { at } });
  await it.pass(60);
  await it.pass(300);
  expect(await verified()).toMatchObject([{ details: { verdict: 'not-fixed', looks: 2 } }]);
});

test('what got through when the time to look was over is written down as of when it was said, and gets no verdict', async () => {
  const { it, said, verified, outcomes } = await byHand();
  await using _ = it;
  await it.trouble();
  const at = it.acting.clock.now().toISOString();
  await it.pass(2_400);
  await said('U-ASKER', at);
  expect((await it.incident()).byHand).toMatchObject([{ manual: 'start', at }]);
  expect(it.whispers.at(-1)?.text).toContain('too long ago to tell whether it helped');
  for (const seconds of [30, 90, 180, 300]) await it.pass(seconds);
  expect(await verified()).toEqual([]);
  expect(outcomes()).toEqual([undefined]);
});

test('what was compared with something newer than itself would be compared with what it did', async () => {
  const { it, said } = await byHand();
  await using _ = it;
  await it.trouble();
  const at = it.acting.clock.now().toISOString();
  await it.pass(200);
  await said('U-SECOND');
  await it.pass(1);
  // Looked at 200 s after this was said.
  await said('U-ASKER', at);
  expect((await it.incident()).byHand?.find((one) => one.by === 'U-ASKER')?.before).toBeUndefined();
});

test('a deed is in the ledger also where its incident has closed in between, once', async () => {
  const { it, said } = await byHand();
  await using _ = it;
  const { id } = await it.trouble();
  const slot = await it.acting.store.get<Incident>('incidents', slotOf(id));
  const value = { ...slot?.value, state: 'closed', closedAt: it.acting.clock.now().toISOString() };
  await it.acting.store.put({ collection: 'incidents', id: slotOf(id), value, expect: 'any' });
  const at = it.acting.clock.now().toISOString();
  for (let n = 0; n < 2; n += 1) await said('U-ASKER', at);
  expect((await it.ledger()).filter(({ kind }) => kind === 'done-by-hand')).toHaveLength(1);
  expect(it.whispers).toMatchObject([{ text: expect.stringContaining('This incident is closed by now') }]);
  expect((await it.incident()).state).toBe('closed');
});

test('a deed that a guest says they did is turned down once, however often the message comes', async () => {
  const { it, said } = await byHand();
  await using _ = it;
  await it.trouble();
  const at = it.acting.clock.now().toISOString();
  for (let n = 0; n < 3; n += 1) await said('U-GUEST', at);
  expect((await it.ledger()).filter(({ kind }) => kind === 'denied')).toHaveLength(1);
  expect(it.whispers).toHaveLength(1);
});
