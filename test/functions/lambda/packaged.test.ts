import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entries } from '../../../engine/acting/audit.ts';
import { remediateMessage } from '../../../engine/acting/messages.ts';
import type { Incident } from '../../../engine/incident.ts';
import { webhookMessage } from '../../../engine/messages.ts';
import type { Plan } from '../../../engine/plan.ts';
import type { Remembered } from '../../../engine/put-away.ts';
import { functionNames } from '../../../functions/lambda/needs.ts';
import { handOver } from '../../../infra/aws/local/event-source.ts';
import { startFunction } from '../../../infra/aws/local/function.ts';
import { createStore } from '../../../infra/aws/store/store.ts';
import { practiceUsers } from '../../../infra/local/console/practice-users.ts';
import { quietFacts } from '../../../infra/local/practice/facts.ts';
import { ephemerals } from '../../infra/local/console/clicks.ts';
import { client } from '../../infra/local/console/harness.ts';
import { httpEvent } from './events.ts';
import { arn, channel, packagedFunctions, pressed } from './packaged.ts';

let stage: Awaited<ReturnType<typeof packagedFunctions>>;
beforeAll(async () => {
  stage = await packagedFunctions({ world: 'etcd-slow-disk' });
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const incident = async (): Promise<Incident | undefined> =>
  (await stage.place.store.list<Incident>('incidents'))[0]?.value;
const plan = async (): Promise<Plan | undefined> => (await stage.place.store.list<Plan>('plans'))[0]?.value;
const inChannel = async () =>
  (await client(stage.console.apiUrl, 'xoxb-packaged').conversations.history({ channel })).messages ?? [];

describe('a cold start', { timeout: 60_000 }, () => {
  it.each(functionNames)('%s: says which variables are missing', async (name) => {
    const { NIGHTSHIFT_SERVICE: _service, ...rest } = stage.environmentFor(name);

    await expect(startFunction(stage.zipOf(name), rest)).rejects.toThrow(
      `the function ${name} lacks the environment variable NIGHTSHIFT_SERVICE`,
    );
  });

  const withoutSecret = async (secret: 'reader' | 'alerts', work: () => Promise<void>) => {
    const known = stage.vault.secrets.get(arn(secret)) ?? '';
    stage.vault.secrets.delete(arn(secret));
    await work().finally(() => stage.vault.secrets.set(arn(secret), known));
  };
  const gone = (secret: 'reader' | 'alerts') =>
    `The secret ${arn(secret)} does not exist, or has no value yet: create it, or correct the ARN`;

  it('of what somebody waits for ends with which secret does not exist, and what to do', () =>
    withoutSecret('alerts', async () => {
      await expect(startFunction(stage.zipOf('alerts'), stage.environmentFor('alerts'))).rejects.toThrow(
        `alerts.token: ${gone('alerts')}`,
      );
    }));

  it('of what works on a queue says so, and its messages come again after half a minute', () =>
    withoutSecret('reader', async () => {
      await using one = await startFunction(stage.zipOf('investigate'), stage.environmentFor('investigate'));
      const reason = `clusters.practice.kubernetes.kubeconfig: ${gone('reader')}`;
      const told = expect.objectContaining({ level: 'ERROR', reason: expect.stringContaining(reason) });
      expect(one.logged()).toContainEqual(told);
      await expect(one.invoke({ check: 'configuration' })).rejects.toThrow(reason);

      await stage.place.queue.send([webhookMessage('nobody-knows-it')]);
      const { sqs } = stage.place;
      const QueueUrl = stage.resources.urls.investigate ?? '';
      let ReceiptHandle = '';
      const handed = await handOver(sqs, QueueUrl, (Records) => {
        ReceiptHandle = Records[0]?.receiptHandle ?? '';
        return one.invoke<SQSBatchResponse>({ Records });
      });
      expect(handed).toEqual({ handed: 1, failed: 1 });
      expect(one.logged()).toContainEqual(expect.objectContaining({ Misconfigured: expect.anything() }));
      const queue = stage.emulators.fauxqs.inspectQueue(QueueUrl.split('/').at(-1) ?? '');
      const hidden = queue?.messages.inflight.map(({ visibilityDeadline }) => visibilityDeadline - Date.now());
      expect(hidden).toEqual([expect.toSatisfy((ms: number) => ms > 0 && ms <= 30_000)]);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }));

  it('succeeds while Secrets Manager is away; until it is back alerts are sent again', async () => {
    const away = { ...stage.environmentFor('alerts'), AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1' };
    await using alerts = await startFunction(stage.zipOf('alerts'), away);
    const post = httpEvent({ path: '/alerts', headers: { authorization: 'Bearer any' }, body: '{}' });

    expect(await alerts.invoke(post)).toMatchObject({ statusCode: 503 });
    expect(alerts.logged()).toContainEqual(expect.objectContaining({ message: 'started without its secrets' }));
  });
});

describe('the packaged functions', { timeout: 120_000 }, () => {
  it.each(functionNames.filter((name) => name !== 'tick'))('%s: finds its configuration in order', async (name) => {
    expect(await stage.run(name).invoke({ check: 'configuration' })).toBe('the configuration can be used');
  });

  it('refuse an alert with another token', async () => {
    expect(await stage.alert('another')).toMatchObject({ statusCode: 401 });
  });

  it('make a diagnosis of an alert, and a card with a button in the channel', async () => {
    expect(await stage.alert()).toMatchObject({ statusCode: 200 });
    await stage.settle();

    expect(await incident()).toMatchObject({ state: 'diagnosed', runbook: 'etcd-heartbeat' });
    const [card] = await inChannel();
    expect(JSON.stringify(card)).toContain('cordonLeaderNode');
  });

  it('answer a command through the queue', async () => {
    expect(await stage.type('/nightshift incidents')).toEqual({ ok: true });
    await stage.settle();

    expect(stage.console.deliveries()).toMatchObject([{ outcome: 'acknowledged' }]);
    expect(await ephemerals(stage)).toMatchObject([{ text: expect.stringContaining('1 open') }]);
  });

  it('do nothing in the name of a person for whoever may send to the queue and is not Slack', async () => {
    const by = practiceUsers.approver;
    const incidentId = (await incident())?.id ?? '';
    const forged = {
      type: 'open',
      incident: incidentId,
      remedy: 'cordonLeaderNode',
      view: 'V1/C1',
      by,
      channel,
    } as const;
    const made = { wish: 'forged', at: new Date().toISOString() };
    await stage.place.queue.send([remediateMessage({ ...forged, made })]);
    await stage.settle();

    expect(await plan()).toBeUndefined();
    const remediate = stage.run('remediate');
    expect(remediate.logged()).toContainEqual(expect.objectContaining({ level: 'ERROR', type: 'open', by }));
    expect(remediate.logged()).toContainEqual(expect.objectContaining({ MessagesFailed: expect.anything() }));
    expect(JSON.stringify(await ephemerals(stage, by))).toContain('in your name');
  });

  it('write down who of another workspace was sent away', async () => {
    await stage.place.queue.send([pressed({ type: 'turned-away', user: 'U0AWAY', team: 'T0OTHER', what: 'approve' })]);
    await stage.settle();
    const denied: unknown[] = [];
    for await (const { kind, by } of entries(stage.place.store)) denied.push([kind, by]);
    expect(denied).toEqual([['denied', 'U0AWAY']]);
  });

  it('apply a plan that was approved, once, and write down who did what', async () => {
    const id = (await incident())?.id ?? '';
    const by = { by: practiceUsers.requester, channel };
    const { queue, store } = stage.place;
    await queue.send([pressed({ type: 'open', incident: id, remedy: 'cordonLeaderNode', view: 'V1/C1', ...by })]);
    await stage.settle();
    const shown = (await plan())?.id ?? '';
    await queue.send([pressed({ type: 'request', plan: shown, ...by })]);
    await stage.settle();
    const approve = pressed({
      type: 'decide',
      plan: shown,
      button: 'approve',
      by: practiceUsers.approver,
      channel,
    });
    await queue.send([approve, { ...approve }]);
    await stage.settle();

    expect(await plan()).toMatchObject({ state: 'applied', approvals: [{ by: practiceUsers.approver }] });
    const kinds: string[] = [];
    for await (const { kind } of entries(store)) kinds.push(kind);
    expect(kinds.slice(1, 7)).toEqual(['shown', 'requested', 'approved', 'rehearsed', 'executing', 'applied']);
  });

  it('send what somebody left behind in the table, and say so', async () => {
    const { dynamodb } = stage.place;
    const longAgo = { now: () => new Date(Date.now() - 60_000) };
    const dying = { send: () => Promise.reject(new Error('the process ends here')) };
    const { table } = stage.resources;
    const leaving = createStore({ client: dynamodb, table, clock: longAgo, sender: dying });
    const send = [webhookMessage('left-behind')];
    await leaving.put({ collection: 'webhooks', id: 'left-behind', value: { alerts: [] }, expect: 'absent', send });
    const tick = stage.run('tick');
    await tick.invoke({ due: 'sweep' });

    const words = 'sent messages that somebody had left behind in the table';
    expect(tick.logged()).toContainEqual(expect.objectContaining({ message: words, sent: 1 }));
    expect(await stage.place.queue.depth('investigate')).toMatchObject({ waiting: 1 });
    // One line of the log is a metric, which the alarm watches.
    expect(tick.logged()).toContainEqual(expect.objectContaining({ Repairs: 1, service: 'nightshift-local' }));
  });

  it('ask again for an approved plan whose message was lost, and say so', async () => {
    const known = await plan();
    const updatedAt = new Date(Date.now() - 600_000).toISOString();
    const value = { ...known, id: 'lost', state: 'approved', steps: [], updatedAt };
    await stage.place.store.put({ collection: 'plans', id: 'lost', value, expect: 'absent' });
    const tick = stage.run('tick');
    await tick.invoke({ due: 'repair' });

    const words = 'asked again for the execution: it was long overdue';
    expect(tick.logged()).toContainEqual(expect.objectContaining({ message: words, plan: 'lost' }));
    await stage.settle();
    expect((await stage.place.store.get<Plan>('plans', 'lost'))?.value.state).not.toBe('approved');
  });

  it('find the node of an alert that came while the API server was silent, and put the incident away when it is over', async () => {
    const { practice, place } = stage;
    const address = quietFacts({ nodes: 12, podsPerNode: 15 }, 0).nodes.find(
      ({ name }) => name === 'worker-2',
    )?.address;
    const instance = `${address}:10250`;
    const one = { status: 'firing', labels: { alertname: 'TargetDown', job: 'kubelet', instance }, annotations: {} };
    const since = { startsAt: new Date().toISOString(), endsAt: '0001-01-01T00:00:00Z' };
    const alerts = [{ ...one, ...since, generatorURL: '', fingerprint: 'f00d' }];
    const about = async () =>
      (await place.store.list<Incident>('incidents')).find(({ value }) => value.alert?.labels.instance === instance);
    practice.setLatency(30_000);
    await stage.alert(undefined, { ...(practice.alertFor('etcd-slow-disk') as object), alerts });
    await stage.settle();
    const before = await about();
    expect(before?.value.target).toMatchObject({ kind: 'Unresolved', untried: true });

    practice.setLatency(0);
    await stage.run('tick').invoke({ due: 'repair' });
    // Another copy: the one that asked in vain does not ask again for ten seconds.
    await using copy = await startFunction(stage.zipOf('investigate'), stage.environmentFor('investigate'));
    const handle = (Records: readonly unknown[]) => copy.invoke<SQSBatchResponse>({ Records });
    expect(await handOver(place.sqs, stage.urlOf('investigate'), handle)).toEqual({ handed: 1, failed: 0 });
    await stage.settle();
    const found = await about();
    expect(found?.value).toMatchObject({ id: before?.value.id, target: { kind: 'Node', name: 'worker-2' } });
    const held = (await place.store.list<Remembered>('slots')).map(({ value }) => value.heldBy);
    expect(held).toEqual([found?.value.id]);

    const closedAt = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const value = { ...found?.value, state: 'closed', closedAt };
    await place.store.put({ collection: 'incidents', id: found?.id ?? '', value, expect: found?.version ?? 'any' });
    await stage.run('tick').invoke({ due: 'repair' });
    expect(await about()).toBeUndefined();
    expect(await place.store.get('closed', found?.value.id ?? '')).toBeDefined();
  });

  it('asked AWS for nothing that their roles do not allow', () => {
    const refused = functionNames.flatMap((name) => [
      ...stage.guards[name].dynamodb.refused.map((wish) => `${name}: ${wish}`),
      ...stage.guards[name].sqs.refused.map((wish) => `${name}: ${wish}`),
    ]);

    expect(refused).toEqual([]);
  });
});
