import { describe, expect, it } from 'vitest';
import { accounts } from '../../engine/accounts.ts';
import { failing, outage } from '../../infra/local/console/faults.ts';
import type { ConsoleOptions } from '../../infra/local/console/options.ts';
import { slackChat } from '../../infra/slack/chat.ts';
import { night, nodeAlert } from '../engine/night.ts';
import { botToken, channel, openConsole, type TestConsole } from '../infra/local/console/harness.ts';

/** A night whose channel is the console's real Web API, spoken to by the real WebClient, all on one clock. */
async function nightInSlack(limits: ConsoleOptions['limits'] = {}) {
  const parts: { console?: TestConsole; now?: () => Date } = {};
  const tonight = await night({
    channel: {
      id: channel,
      chat: async (clock) => {
        parts.now = clock.now;
        parts.console = await openConsole({ clock, ...(limits ? { limits } : {}) });
        return slackChat({ botToken, apiUrl: parts.console.server.apiUrl });
      },
    },
  });
  const { console, now } = parts;
  if (!console || !now) throw new Error('the channel was not opened');
  const standing = async () => {
    const { messages = [] } = await console.slack.conversations.history({
      channel,
      include_all_metadata: true,
      limit: 200,
    });
    return messages.map(({ metadata }) => String((metadata?.event_payload as { key?: unknown } | undefined)?.key));
  };
  return { tonight, console, clock: { now }, standing };
}

/** Alerts no runbook answers, of each kind of object so few that they are no storm: a card each. */
const alerts = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    ...nodeAlert(''),
    labels: { alertname: 'Odd', namespace: 'shop', [['job', 'service', 'deployment'][n % 3] ?? '']: `thing-${n}` },
    fingerprint: `odd-${n}`,
  }));

describe('when Slack is in trouble', () => {
  it('limited to one message a second, every card arrives, late, and none twice', async () => {
    const { tonight, standing } = await nightInSlack({ 'chat.postMessage': { perMinute: 60, burst: 1 } });
    await using _night = tonight;

    await tonight.send(...alerts(9));
    await tonight.settle();
    expect((await standing()).length).toBeLessThan(9);
    for (let second = 0; second < 20; second += 1) {
      tonight.pass(1);
      await tonight.settle();
    }

    const keys = await standing();
    expect(keys).toHaveLength(9);
    expect(new Set(keys).size).toBe(9);
  });

  it('down for a minute, every card arrives after it, and none twice', async () => {
    const { tonight, console, clock, standing } = await nightInSlack();
    await using _night = tonight;
    console.server.injectFaults(outage(clock, 60_000));

    await tonight.send(...alerts(3));
    for (let second = 0; second < 90; second += 3) {
      await tonight.attend(10);
      tonight.pass(3);
    }
    await tonight.settle();

    expect(new Set(await standing()).size).toBe(3);
    expect(await standing()).toHaveLength(3);
  });

  it('down while an incident opens and closes, its card arrives all the same, and says that it is over', async () => {
    const { tonight, console, clock, standing } = await nightInSlack();
    await using _night = tonight;
    console.server.injectFaults(outage(clock, 20 * 60_000));

    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.attend(10);
    tonight.pass(600);
    tonight.node('worker-3', true);
    await tonight.send(nodeAlert('worker-3', { status: 'resolved' }));
    for (let minute = 0; minute < 20; minute += 1) {
      await tonight.attend(5);
      tonight.pass(60);
    }
    await tonight.settle();
    expect(await tonight.incidents()).toMatchObject([{ state: 'closed' }]);
    expect(await standing()).toEqual([expect.stringMatching(/\/card$/)]);
  });

  it('losing its answer after it took the message, it is not asked twice', async () => {
    const { tonight, console, standing } = await nightInSlack();
    await using _night = tonight;
    console.server.injectFaults(failing('chat.postMessage', { kind: 'drop-after-commit' }));

    await tonight.send(...alerts(1));
    await tonight.settle();

    expect(await standing()).toHaveLength(1);
    expect((await accounts(tonight.desk.store)).totals.alerts).toEqual({ posted: 1 });
  });
});

describe('a burst of a thousand alerts, with duplicates and out of order', () => {
  it('is accounted for to the last one, in a handful of messages', async () => {
    await using tonight = await night();
    const nodes = Array.from({ length: 500 }, (_, n) => nodeAlert(`worker-${n}`));
    const pods = nodes.map((alert, n) => ({
      ...alert,
      fingerprint: `pod-${n}`,
      labels: { alertname: 'PodUnwell', namespace: 'shop', pod: `web-${n}` },
    }));
    const resolved = nodes.slice(0, 100).map((alert) => ({ ...alert, status: 'resolved' as const }));
    const burst = [...nodes, ...pods, ...resolved, ...nodes.slice(200, 400)].sort((a, b) =>
      a.fingerprint + a.status < b.fingerprint + b.status ? 1 : -1,
    );

    for (let at = 0; at < burst.length; at += 50) await tonight.send(...burst.slice(at, at + 50));
    await tonight.settle();
    tonight.pass(10);
    await tonight.settle();

    const { totals, webhooks } = await accounts(tonight.desk.store);
    expect(totals.alerts.pending).toBeUndefined();
    expect(webhooks.flatMap((webhook) => webhook.alerts)).toHaveLength(burst.length);
    expect(tonight.channel.cards().length).toBeLessThanOrEqual(10);
  });
});
