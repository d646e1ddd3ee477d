import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { openOrJoin } from '../../engine/open.ts';
import { type Night, night, nodeAlert } from './night.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `worker-${index}`);
const isStorm = ({ title }: { readonly title: string }) => title.endsWith('in trouble at once');
const stormCard = (tonight: Night) => tonight.channel.cards().find(isStorm);

/** Four nodes, one after the other; the last one, which makes it a storm, is well. */
async function fourWithOneWell(tonight: Night): Promise<void> {
  for (const name of names(4)) tonight.node(name, name === 'worker-3');
  for (const name of names(4)) {
    await tonight.send(nodeAlert(name));
    await tonight.settle();
  }
}

async function resolveAll(tonight: Night, count: number): Promise<void> {
  await tonight.send(...names(count).map((name) => nodeAlert(name, { status: 'resolved' })));
  await tonight.settle();
}

describe('a storm', () => {
  it('answers who asks about one of its nodes on a card of that node', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    tonight.node('worker-1', true);
    const before = tonight.asked.length;

    const question = {
      cluster: 'prod-eu',
      runbook: 'sample',
      targetNote: 'named by the person who asked',
      openedBy: 'U1',
    };
    const target = { kind: 'Node', name: 'worker-1' } as const;
    const fate = await openOrJoin(tonight.desk, { ...question, target }, { voice: 'fires', stormy: false });
    await tonight.settle();

    expect(fate.outcome).toBe('opened');
    expect(tonight.asked.slice(before)).toEqual(['get Node worker-1']);
    expect(tonight.channel.cards().at(-1)).toMatchObject({
      target: 'Node worker-1',
      state: 'closed',
      summary: 'Closed: the node is ready',
    });
    expect(stormCard(tonight)).toMatchObject({ state: 'diagnosed', alert: { firing: 4 } });
  });

  it('lets a member speak whose trouble was seen, not the one that came last', async () => {
    await using tonight = await night();

    await fourWithOneWell(tonight);

    expect(stormCard(tonight)).toMatchObject({
      state: 'diagnosed',
      target: 'Node worker-0',
      summary: expect.stringContaining('The kubelet stopped'),
    });
  });

  it('learns from a member’s own look that ends only after it began', async () => {
    await using tonight = await night();
    for (const name of names(4)) tonight.node(name, name !== 'worker-1');

    await tonight.send(...names(4).map((name) => nodeAlert(name)));
    await tonight.settle();

    expect(stormCard(tonight)).toMatchObject({ state: 'diagnosed', target: 'Node worker-1' });
  });

  it('is told what else is wrong with one of its nodes, also when it takes in nobody new', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    tonight.pass(1_000);
    await tonight.settle();

    await tonight.send(
      nodeAlert('worker-0', { name: 'NodeUnwellToo' }),
      nodeAlert('worker-3', { name: 'NodeUnwellToo' }),
    );
    await tonight.settle();
    expect(stormCard(tonight)?.alert).toMatchObject({ firing: 6 });

    tonight.node('worker-9', false);
    await tonight.send(nodeAlert('worker-9'));
    await tonight.settle();
    expect(stormCard(tonight)?.alert).toMatchObject({ firing: 6 });
    expect(tonight.channel.cards().at(-1)).toMatchObject({ target: 'Node worker-9' });
  });

  it('stays open while one of its nodes is still broken, and says which', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);

    tonight.node('worker-0', true);
    tonight.node('worker-2', true);
    await resolveAll(tonight, 4);

    expect(stormCard(tonight)).toMatchObject({ state: 'still-broken', target: 'Node worker-1' });
    expect(stormCard(tonight)?.summary).toContain('now at Node worker-1. Alertmanager says resolved, but:');

    tonight.node('worker-1', true);
    tonight.pass(61);
    await tonight.settle();
    expect(stormCard(tonight)).toMatchObject({
      state: 'closed',
      summary: expect.stringMatching(
        /^Closed: looked at 4 of 4, all of them well \(node\/worker-\d: the node is ready\)$/,
      ),
    });
  });

  it('closes after ten looks at the most, and names what it did not look at', async () => {
    await using tonight = await night();
    for (const name of names(14)) tonight.node(name, true);
    await tonight.send(...names(14).map((name) => nodeAlert(name)));
    await tonight.settle();

    await resolveAll(tonight, 14);

    expect(stormCard(tonight)?.summary).toMatch(
      /^Closed: looked at 10 of 14, .*\. Not looked at: (node\/worker-\d+(, )?){4}$/,
    );
  });

  it('takes the incidents that were folded into it along when it closes', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    for (const name of names(4)) tonight.node(name, true);

    await resolveAll(tonight, 4);

    const { incidents, totals } = await accounts(tonight.desk.store);
    expect(incidents.map(({ state }) => state)).toEqual(['closed', 'closed', 'closed', 'closed']);
    expect(totals.incidents).toEqual({ open: 0, folded: 0, closed: 4 });
    expect(tonight.channel.cards()).toHaveLength(4);
  });

  it('gives a node its card back that fires again after it closed', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    for (const name of names(4)) tonight.node(name, true);
    await resolveAll(tonight, 4);

    tonight.node('worker-0', false);
    await tonight.send(nodeAlert('worker-0', { startsAt: '2026-11-21T03:05:00.000Z' }));
    await tonight.settle();

    expect(tonight.channel.cards()).toHaveLength(4);
    expect(tonight.channel.cards()[0]).toMatchObject({ state: 'diagnosed', target: 'Node worker-0' });
    expect((await accounts(tonight.desk.store)).totals.incidents).toEqual({ open: 1, folded: 0, closed: 3 });
  });

  it('looks at all of them again when one fires while they are looked at', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    tonight.node('worker-0', true);
    await resolveAll(tonight, 4);

    await tonight.send(nodeAlert('worker-0', { startsAt: '2026-11-21T03:05:00.000Z' }));
    await tonight.settle();

    const storm = (await tonight.incidents()).find((incident) => incident.storm);
    expect(storm).toMatchObject({ firing: ['NodeUnwell-worker-0'], storm: { well: [] } });
    expect(storm?.state).not.toBe('still-broken');
  });

  it('counts as many alerts as fire in it', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);

    expect(stormCard(tonight)?.alert).toMatchObject({ count: 4, firing: 4 });
    expect((await accounts(tonight.desk.store)).totals.incidents).toEqual({ open: 1, folded: 3, closed: 0 });
  });

  it('goes on with its members when more come after it was quiet', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);
    tonight.pass(400);

    const later = Array.from({ length: 4 }, (_, index) => `later-${index}`);
    for (const name of later) tonight.node(name, false);
    await tonight.send(...later.map((name) => nodeAlert(name)));
    await tonight.settle();
    tonight.pass(3);
    await tonight.settle();

    expect(stormCard(tonight)).toMatchObject({ title: '8 nodes in trouble at once', alert: { count: 8, firing: 8 } });
  });
});

describe('what does not belong to a storm', () => {
  it('is an incident from before it: that keeps its card, and takes its own alerts', async () => {
    await using tonight = await night();
    tonight.node('worker-7', false);
    await tonight.send(nodeAlert('worker-7'));
    await tonight.settle();
    tonight.pass(2_400);
    await fourWithOneWell(tonight);

    await tonight.send(nodeAlert('worker-7', { name: 'NodeUnwellToo' }));
    await tonight.settle();

    expect(tonight.channel.cards()[0]).toMatchObject({ state: 'diagnosed', target: 'Node worker-7' });
    expect(stormCard(tonight)?.title).toBe('4 nodes in trouble at once');
  });

  it('is one that fired again shortly before it', async () => {
    await using tonight = await night();
    tonight.node('worker-7', false);
    await tonight.send(nodeAlert('worker-7'));
    await tonight.settle();
    tonight.pass(2_400);
    tonight.node('worker-7', true);
    await tonight.send(nodeAlert('worker-7', { status: 'resolved' }));
    await tonight.settle();
    tonight.pass(120);
    tonight.node('worker-7', false);
    await tonight.send(nodeAlert('worker-7', { startsAt: '2026-11-21T03:42:00.000Z' }));
    await tonight.settle();

    await fourWithOneWell(tonight);

    expect(tonight.channel.cards()[0]).toMatchObject({ state: 'diagnosed', target: 'Node worker-7' });
  });

  it('is an alert that no runbook answers', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);

    await tonight.send(nodeAlert('worker-1', { name: 'NodeClockAskew' }));
    await tonight.settle();

    expect(tonight.channel.cards().at(-1)).toMatchObject({
      state: 'undiagnosed',
      target: 'Node worker-1',
      title: 'Node worker-1: NodeClockAskew',
    });
    expect(stormCard(tonight)?.alert).toMatchObject({ count: 4 });
  });

  it('is a name no node can have', async () => {
    await using tonight = await night();
    await fourWithOneWell(tonight);

    await tonight.send(nodeAlert('<!channel>'));
    await tonight.settle();

    expect(stormCard(tonight)?.title).toBe('4 nodes in trouble at once');
    expect(tonight.channel.cards().at(-1)).toMatchObject({
      state: 'undiagnosed',
      summary: "The alert's target could not be found: no node can be called <!channel>",
    });
  });
});
