import { randomUUID } from 'node:crypto';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type Clock, type Queue, type QueueName, queueNames } from '../../../engine/ports.ts';
import { asking } from '../failures.ts';
import { sqsLimits } from '../settings.ts';
import type { Attempts } from './attempts.ts';
import { createDeadLetters, type DeadLetters } from './dead-letters.ts';
import { letterOf } from './letter.ts';
import { createLine, type Line } from './line.ts';
import { receive } from './receive.ts';
import { createSender, type QueueUrls, urlOf } from './send.ts';
import { createWire, type Wire } from './wire.ts';

export interface QueueParts {
  readonly client: SQSClient;
  /** Of those queues that are sent to or worked on; a function needs no others. */
  readonly urls: QueueUrls;
  /** Of those queues that are worked on. */
  readonly deadLetterUrls: QueueUrls;
  readonly attempts: Attempts;
  readonly clock: Clock;
  /** How long a look at the dead letters waits for SQS to ask all its servers. */
  readonly lookMs?: number;
  /** How long the client waits for an answer, beyond what it asked SQS to wait. */
  readonly answerMs?: number;
}

/** The port `Queue` over SQS. */
export interface SqsQueue extends Queue {
  /** For a Lambda function, which is handed deliveries: see `batch.ts`. */
  line(queue: QueueName): Line;
  /** Gives a dead letter a new life, as the last message of its group; `false` if there is none with this id. */
  redrive(id: string): Promise<boolean>;
  /** Gives all dead letters a new life; returns how many. */
  redriveAll(): Promise<number>;
}

interface Opened {
  readonly url: string;
  readonly deadUrl: string;
  readonly wire: Wire;
  readonly dead: DeadLetters;
  readonly line: Line;
}

export function createQueue(parts: QueueParts): SqsQueue {
  const { client, urls, deadLetterUrls, attempts, clock, lookMs = 1_000, answerMs = sqsLimits.answerMs } = parts;
  const sender = createSender(client, urls);
  const deadSender = createSender(client, deadLetterUrls);
  const opened = new Map<QueueName, Opened>();

  function open(queue: QueueName): Opened {
    const known = opened.get(queue);
    if (known) return known;
    const url = urlOf(urls, queue);
    const deadUrl = urlOf(deadLetterUrls, queue);
    const wire = createWire(client, url, queue, answerMs);
    const deadWire = createWire(client, deadUrl, `${queue}, dead letters`, answerMs);
    const dead = createDeadLetters({ queue, wire, deadWire, sender, deadSender, clock, lookMs });
    const line = createLine({ queue, wire, sender, dead, attempts, clock });
    const all = { url, deadUrl, wire, dead, line };
    opened.set(queue, all);
    return all;
  }

  const allDead = () => queueNames.filter((queue) => deadLetterUrls[queue]).map((queue) => open(queue).dead);

  async function redrive(chosen: (id: string) => boolean): Promise<number> {
    const counts = await Promise.all(allDead().map((dead) => dead.redrive(chosen)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  return {
    async send(messages) {
      const now = clock.now().getTime();
      await sender.send(messages.map((message) => letterOf(message, randomUUID(), now)));
    },
    async receive(queue, options) {
      const { wire, line } = open(queue);
      return receive(wire, line, options);
    },
    done: (message, send) => open(message.queue).line.done(message, send),
    async retry(message, options) {
      await open(message.queue).line.retry(message, options);
    },
    async depth(queue) {
      const { url, deadUrl, line } = open(queue);
      const [own, dead] = await Promise.all([countsOf(client, url, queue), countsOf(client, deadUrl, queue)]);
      const oldest = line.oldestHeld();
      return {
        waiting: own.visible,
        inFlight: own.hidden,
        dead: dead.visible + dead.hidden,
        // The age of those that wait SQS tells CloudWatch alone (ApproximateAgeOfOldestMessage): this is what is held here.
        oldestAgeSeconds: oldest === undefined ? 0 : Math.max(0, clock.now().getTime() - oldest) / 1_000,
      };
    },
    deadLetters: async () => (await Promise.all(allDead().map((dead) => dead.list()))).flat(),
    line: (queue) => open(queue).line,
    redrive: async (id) => (await redrive((other) => other === id)) > 0,
    redriveAll: () => redrive(() => true),
  };
}

async function countsOf(client: SQSClient, url: string, queue: QueueName) {
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  });
  const { Attributes = {} } = await asking(`The queue ${queue}`, client.send(command));
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
