import { setTimeout as sleep } from 'node:timers/promises';
import { practiceUsers } from '../infra/local/console/practice-users.ts';
import { atMost, type Measurement, type Row } from './measurement.ts';
import { openChannel } from './parts/channel.ts';
import { type Person, personAt } from './parts/person.ts';
import { startPractice } from './parts/practice.ts';
import { startServer } from './parts/server.ts';
import { ALERTS, bodiesOf, sendAll, WITHIN_MS } from './parts/storm-load.ts';
import { median, percentile, spread } from './statistics.ts';

const CLICKS = 40;
const EVERY_MS = 250;
/** Slack's own: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const SLACK_MS = 3_000;
const QUIET_MS = 300;

const nodes = Array.from({ length: 200 }, (_, index) => ({ name: `worker-${index + 1}` }));
const pods = 3_000;

export const clicks: Measurement = {
  id: 'clicks',
  title: `A press of a fix, until it is acknowledged: at the stand-in for Slack, quiet and in a storm of ${ALERTS} alerts in ${WITHIN_MS / 1000} s`,
  needs: ['setpriv'],
  async run({ say, nodeArgs }) {
    await using practice = await startPractice({ nodes: nodes.length, podsPerNode: pods / nodes.length });
    await using channel = await openChannel();
    await using server = await startServer({ ...practice, channel, nodeArgs });
    channel.deliverTo(server.url);
    await practice.setWorld('kubelet-stopped');
    await server.post(await practice.alertFor('kubelet-stopped'));
    const person = personAt(channel.pageUrl, practiceUsers.requester);
    await person.press(/^fix/);

    say('quiet');
    const quiet = await pressedEvery(person, (count) => count < CLICKS);
    say('in a storm');
    let sending = true;
    const sent = sendAll(server, bodiesOf({ nodes, pods })).finally(() => {
      sending = false;
    });
    const stormy = await pressedEvery(person, () => sending);
    const { statuses } = await sent;
    return { rows: rowsOf(quiet, stormy, statuses), figures: { quiet, stormy, statuses } };
  },
};

/** An open loop: the next press does not wait for the one before. Milliseconds of each. */
async function pressedEvery(person: Person, goesOn: (count: number) => boolean): Promise<readonly number[]> {
  const presses: Promise<number>[] = [];
  while (goesOn(presses.length)) {
    presses.push(person.press(/^fix/));
    await sleep(EVERY_MS);
  }
  return Promise.all(presses);
}

function rowsOf(
  quiet: readonly number[],
  stormy: readonly number[],
  statuses: Readonly<Record<string, number>>,
): Row[] {
  return [
    atMost(median(quiet), QUIET_MS, 'ms', { what: 'Click → acknowledged, median', note: spread(quiet, 'ms') }),
    atMost(Math.max(...stormy), SLACK_MS, 'ms', {
      what: '… the slowest while the storm comes in',
      note: `median ${Math.round(median(stormy))} ms, p90 ${Math.round(percentile(stormy, 0.9))} ms; ${spread(stormy, 'ms')}; alerts answered ${JSON.stringify(statuses)}`,
    }),
  ];
}
