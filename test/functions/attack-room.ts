import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Entry } from '../../engine/acting/ledger.ts';
import type { Incident } from '../../engine/incident.ts';
import type { Plan } from '../../engine/plan.ts';
import { startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { sign } from '../../infra/slack/signature.ts';
import { modalValue } from '../../infra/slack/values.ts';
import { countingProxy } from '../harness/counting-proxy.ts';
import { startFakeSlack } from '../infra/slack/fake-slack.ts';
import { server, until, workplace } from './process.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const token = 'token-for-alerts';
const systemClock = { now: () => new Date() };

/** What is particular about them. */
const people: Readonly<Record<string, object>> = {
  U0ASKER: {},
  U0LEAD: {},
  U0BOSS: {},
  U0LEFT: {},
  U0GUEST: { is_restricted: true },
  U0GONE: { deleted: true },
  U0ROBOT: { is_bot: true },
  U0AWAY: { team_id: 'T0OTHER' },
};
/** The approvers: for most of them it does not help, and that is what the tests are about. */
const group = 'S0ONCALL';
const members = ['U0ASKER', 'U0LEFT', 'U0GUEST', 'U0GONE', 'U0ROBOT', 'U0AWAY'];

const rule = { remedies: ['cordon'], approvers: { users: ['U0LEAD'], userGroups: [group] } };
const others = { remedies: ['*'], clusters: ['prod-us'], approvers: { users: ['U0BOSS'] } };
export const policies = {
  usual: [{ ...rule, clusters: ['prod-eu'] }, others],
  two: [{ ...rule, clusters: ['prod-eu'], approvals: 2 }, others],
  /** Nobody may do anything in prod-eu. */
  revoked: [others],
};

interface Signing {
  readonly by?: string;
  readonly at?: number;
}

/** One practice cluster behind a proxy that counts, and its two kubeconfigs in the folder. */
async function clusterIn(folder: string, name: string) {
  const practice = await startPracticeCluster({ world: 'kubelet-stopped' });
  const retold = { as: (answer: string) => answer };
  const proxy = await countingProxy(practice.kubernetesUrl, { retell: (answer) => retold.as(answer) });
  const config = (of: string) => of.replace(practice.kubernetesUrl, proxy.url);
  writeFileSync(join(folder, `${name}-reader`), config(practice.kubeconfig));
  writeFileSync(join(folder, `${name}-fixer`), config(practice.fixerKubeconfig));
  return {
    settings: {
      name,
      match: { cluster: name },
      kubernetes: { kubeconfig: `${name}-reader` },
      fixer: { kubeconfig: `${name}-fixer` },
      prometheus: { url: practice.prometheusUrl },
    },
    writes: proxy.writes,
    /** From now on the API server is another one: `kube-system` has another uid. */
    becomeAnother(): void {
      retold.as = (answer) =>
        answer.includes('"kind":"Namespace"') ? answer.replace(/"uid":"[^"]{8}/, '"uid":"0000beef') : answer;
    },
    alert() {
      const { alerts, ...webhook } = practice.alertFor('kubelet-stopped') as {
        readonly alerts: readonly { labels: object }[];
      };
      return { ...webhook, alerts: alerts.map((one) => ({ ...one, labels: { ...one.labels, cluster: name } })) };
    },
    async close() {
      await proxy[Symbol.asyncDispose]();
      await practice.close();
    },
  };
}

/** A running `nightshift serve` for two clusters and a Slack workspace, and everything an attacker could send it. */
export async function openAttackRoom(policy: keyof typeof policies = 'usual') {
  const place = workplace();
  const slack = await startFakeSlack();
  for (const [id, more] of Object.entries(people)) slack.users.set(id, { id, name: id, team_id: slack.team, ...more });
  slack.userGroups.set(group, members);
  const eu = await clusterIn(place.directory, 'prod-eu');
  const us = await clusterIn(place.directory, 'prod-us');
  /** What came to the address for later answers. */
  const told: string[] = [];
  const answers = createServer(async (request, response) => {
    told.push(await text(request));
    response.end();
  });
  await new Promise<void>((listening) => answers.listen(0, '127.0.0.1', listening));
  const answerUrl = `http://127.0.0.1:${(answers.address() as AddressInfo).port}/`;

  const file = join(place.directory, 'nightshift.yaml');
  const configure = (name: keyof typeof policies) =>
    writeFileSync(
      file,
      JSON.stringify({
        clusters: [eu.settings, us.settings],
        alerts: { token: { env: 'ALERTS_TOKEN' } },
        slack: {
          channel: slack.channel,
          botToken: { env: 'BOT' },
          signingSecret: { env: 'SECRET' },
          apiUrl: slack.apiUrl,
        },
        policy: policies[name],
      }),
    );
  configure(policy);
  const env = { NIGHTSHIFT_CONFIG: file, NIGHTSHIFT_DATA: join(place.directory, 'data'), ALERTS_TOKEN: token };
  const start = () => server({ ...env, BOT: slack.token, SECRET: secret }, place.directory);
  let running = await start();

  async function stored<T>(collection: 'plans' | 'incidents' | 'ledger'): Promise<T[]> {
    const { store, close } = openReadOnly({ directory: env.NIGHTSHIFT_DATA, clock: systemClock });
    try {
      return (await store.list<T>(collection)).map(({ value }) => value);
    } finally {
      close();
    }
  }

  /** Signed as Slack does, but for what `signing` says. Returns the HTTP status. */
  async function send(payload: object, { by = secret, at = Date.now() / 1000 }: Signing = {}): Promise<number> {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    return deliver(body, String(Math.floor(at)), by);
  }

  const deliver = (body: string, timestamp: string, by = secret) =>
    deliverWith(body, timestamp, sign(Buffer.from(body), timestamp, by));

  async function deliverWith(body: string, timestamp: string, signature: string): Promise<number> {
    const { status } = await fetch(`${running.url}/slack/events`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
      },
    });
    return status;
  }

  const click = (user: string, button: string, value: string, team = slack.team) => ({
    type: 'block_actions',
    user: { id: user, team_id: team },
    team: { id: team },
    channel: { id: slack.channel },
    // Each press has a name of its own; the fake Slack opens a window for this one only.
    trigger_id: button === 'fix' ? 'trigger' : randomUUID(),
    response_url: answerUrl,
    actions: [{ type: 'button', action_id: button, block_id: 'b', value }],
  });
  const submission = (user: string, metadata: string) => ({
    type: 'view_submission',
    user: { id: user, team_id: slack.team },
    team: { id: slack.team },
    view: { id: 'V1', type: 'modal', callback_id: 'request-plan', private_metadata: metadata },
  });
  const whispersTo = (user: string) =>
    slack.whispers.filter((whisper) => whisper.user === user).map(({ text: words }) => words);
  const plans = () => stored<Plan>('plans');
  const planOf = async (id: string) => (await plans()).find((plan) => plan.id === id);

  return {
    place,
    slack,
    eu,
    us,
    told,
    data: env.NIGHTSHIFT_DATA,
    group,
    configure,
    send,
    deliver,
    deliverWith,
    signed: (body: string, timestamp: string) => sign(Buffer.from(body), timestamp, secret),
    file,
    click,
    submission,
    press: (user: string, button: string, value: string, signing?: Signing) =>
      send(click(user, button, value), signing),
    plans,
    plan: planOf,
    ledger: () => stored<Entry>('ledger'),
    incidents: () => stored<Incident>('incidents'),
    whispersTo,
    /** Until a plan is in this state; fails with the log. */
    reaches: (id: string, state: Plan['state']) =>
      until(
        async () => ((await planOf(id))?.state === state ? planOf(id) : undefined),
        `plan ${id} to be ${state}`,
        () => running.output(),
      ),
    /** What somebody alone is told when this is done. */
    async answer(user: string, act: () => Promise<unknown>): Promise<string> {
      const heard = whispersTo(user).length;
      await act();
      return until(
        () => whispersTo(user)[heard],
        `${user} to be told something`,
        () => running.output(),
      );
    },
    /** A cordon that U0ASKER has asked for. */
    async requested(where: 'eu' | 'us' = 'eu'): Promise<string> {
      const cluster = { eu, us }[where];
      const headers = { authorization: `Bearer ${token}` };
      await fetch(`${running.url}/alerts`, { method: 'POST', headers, body: JSON.stringify(cluster.alert()) });
      const incident = await until(
        async () =>
          (await stored<Incident>('incidents')).find(
            (one) => one.cluster === cluster.settings.name && one.state === 'diagnosed',
          ),
        'a diagnosis',
        () => running.output(),
      );
      await send(click('U0ASKER', 'fix', `${incident.id}/cordon`));
      const { id } = await until(
        async () => (await plans()).find((one) => one.incident === incident.id),
        'a plan',
        () => running.output(),
      );
      await send(submission('U0ASKER', modalValue(id, slack.channel)));
      await this.reaches(id, 'requested');
      return id;
    },
    async restart(meanwhile: () => Promise<void> | void = () => {}): Promise<void> {
      await running.kill('SIGTERM');
      await meanwhile();
      running = await start();
    },
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await Promise.all([slack.close(), eu.close(), us.close()]);
      answers.closeAllConnections();
      await new Promise((closed) => answers.close(closed));
      place[Symbol.dispose]();
    },
  };
}
