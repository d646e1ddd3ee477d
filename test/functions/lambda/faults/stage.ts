import { ChangeMessageVisibilityCommand } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { audit, entries } from '../../../../engine/acting/audit.ts';
import type { RemediateMessage } from '../../../../engine/acting/messages.ts';
import type { Incident } from '../../../../engine/incident.ts';
import type { Plan } from '../../../../engine/plan.ts';
import { type QueueName, queueNames } from '../../../../engine/ports.ts';
import type { FunctionName } from '../../../../functions/lambda/needs.ts';
import { handOver } from '../../../../infra/aws/local/event-source.ts';
import { type FunctionProcess, startFunction } from '../../../../infra/aws/local/function.ts';
import { practiceUsers } from '../../../../infra/local/console/practice-users.ts';
import { type CountingProxy, countingProxy, type Moments } from '../../../harness/counting-proxy.ts';
import { client } from '../../../infra/local/console/harness.ts';
import { arn, channel, packagedFunctions, pressed } from '../packaged.ts';

/** What a queue handed over once, and may hand over again. */
export interface Delivered {
  readonly queue: QueueName;
  readonly record: SQSRecord;
}

/** Does the work of Lambda for one batch. */
export type Invoke = (queue: QueueName, Records: readonly SQSRecord[]) => Promise<SQSBatchResponse>;

export interface CopyOptions {
  /** Its clock is so far ahead: it works later. */
  readonly laterMs?: number;
  /** What stands between it and the service. */
  readonly dynamodb?: string;
  readonly sqs?: string;
}

export type Stage = Awaited<ReturnType<typeof faultStage>>;

const asker = { by: practiceUsers.requester, channel };
export const remedy = 'cordonLeaderNode';

/** More happens here in a minute than Slack would let. */
const ample = { perMinute: 6_000, burst: 1_000 };
const generous = { 'usergroups.users.list': ample, 'chat.postMessage': ample, 'chat.update': ample, '*': ample };

/** The packaged functions on the practice cluster, where whatever can go wrong with messages is made to go wrong. */
export async function faultStage(moments: Moments = {}) {
  const open = new AsyncDisposableStack();
  const stage = open.use(await packagedFunctions({ world: 'etcd-slow-disk', limits: generous }));
  const { practice, place, resources, vault } = stage;
  const cluster: CountingProxy = open.use(await countingProxy(practice.kubernetesUrl, moments));
  vault.secrets.set(arn('fixer'), practice.fixerKubeconfig.replace(practice.kubernetesUrl, cluster.url));
  const slack = client(stage.console.apiUrl, 'xoxb-packaged');
  const delivered: Delivered[] = [];

  /** A process of its own; ends with the stage, if not before. */
  async function copyOf(name: FunctionName, options: CopyOptions = {}): Promise<FunctionProcess> {
    const { laterMs = 0, dynamodb, sqs } = options;
    return open.use(
      await startFunction(stage.zipOf(name), {
        ...stage.environmentFor(name),
        ...(dynamodb ? { AWS_ENDPOINT_URL_DYNAMODB: dynamodb } : {}),
        ...(sqs ? { AWS_ENDPOINT_URL_SQS: sqs } : {}),
        ...(laterMs ? { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(ahead(laterMs))}` } : {}),
      }),
    );
  }

  const invoke: Invoke = async (queue, Records) => (await stage.run(queue)).invoke<SQSBatchResponse>({ Records });

  /** Hands over what is due on one queue, and notes it; returns how many messages that were. */
  async function hand(queue: QueueName, work: Invoke = invoke): Promise<number> {
    const { handed } = await handOver(place.sqs, resources.urls[queue] ?? '', async (records) => {
      delivered.push(...records.map((record) => ({ queue, record })));
      return work(queue, records);
    });
    return handed;
  }

  /** Until nothing is due on any queue. */
  async function settle(work: Invoke = invoke): Promise<void> {
    for (let handed = 1; handed > 0; ) {
      handed = 0;
      for (const queue of queueNames) handed += await hand(queue, work);
    }
  }

  const incident = async () => (await place.store.list<Incident>('incidents'))[0]?.value;
  const plans = async () => (await place.store.list<Plan>('plans')).map(({ value }) => value);
  const newest = async () => (await plans()).toSorted((a, b) => b.at.localeCompare(a.at))[0];
  const wish = (body: RemediateMessage) => place.queue.send([pressed(body)]);
  const messages = async () => (await slack.conversations.history({ channel })).messages ?? [];

  return {
    ...{ ...stage, cluster, delivered, copyOf, invoke, hand, settle, incident, plans, newest, wish },
    /** The messages in the channel, not those in threads. */
    messages,
    /** Every message in every thread. */
    thread: async () => {
      const threads = (await messages()).map(({ ts = '' }) => slack.conversations.replies({ channel, ts }));
      return (await Promise.all(threads)).flatMap(({ messages: all = [] }) => all.slice(1));
    },
    /** Opened, asked for and approved by two people; what is due is worked off in between, and after it. */
    async ask(work: Invoke = invoke, times = 1): Promise<Plan | undefined> {
      const clicked = async (body: RemediateMessage) => {
        for (let n = 0; n < times; n += 1) await wish(body);
        await settle(work);
      };
      await clicked({ type: 'open', incident: (await incident())?.id ?? '', remedy, view: 'V1/C1', ...asker });
      await clicked({ type: 'request', plan: (await newest())?.id ?? '', ...asker });
      return newest();
    },
    /** Stored as Slack's click stores it; not yet worked on. */
    approve: async () => {
      const by = practiceUsers.approver;
      await wish({ type: 'decide', plan: (await newest())?.id ?? '', button: 'approve', by, channel });
    },
    /** What a queue hides until a later time, for a retry or by a lease, is due now. */
    async pass(queue: QueueName): Promise<void> {
      const own = delivered.filter((one) => one.queue === queue);
      const receipts = new Map(own.map(({ record }) => [record.messageId, record.receiptHandle]));
      for (const ReceiptHandle of receipts.values()) {
        const command = { QueueUrl: resources.urls[queue], ReceiptHandle, VisibilityTimeout: 0 };
        // Of a message that is done nothing can be hidden.
        await place.sqs.send(new ChangeMessageVisibilityCommand(command)).catch(() => {});
      }
    },
    logged: async (name: FunctionName) => stage.run(name).logged(),
    async ledger() {
      const kinds: string[] = [];
      for await (const { kind } of entries(place.store)) kinds.push(kind);
      return { kinds, ...(await audit(place.store)) };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Which of its queue's messages it is, such as `execute`. */
export function typeOf({ record }: Delivered): string {
  const { body } = JSON.parse(record.body) as { readonly body: { readonly type?: string; readonly what?: string } };
  return body.type ?? body.what ?? '';
}

/** Runs before a function's own code. */
function ahead(ms: number): string {
  return `const D = Date; globalThis.Date = class extends D {
    constructor(...a) { super(...(a.length ? a : [D.now() + ${ms}])); }
    static now() { return D.now() + ${ms}; }
  };`;
}
