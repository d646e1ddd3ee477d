import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Refused } from '../../../engine/errors.ts';
import type { Outgoing, QueueName } from '../../../engine/ports.ts';
import { toJson, wholeMs } from '../../local/store/encoding.ts';

/** A message as it is sent: the same letter sent twice within five minutes arrives once, because of its `id`. */
export interface Letter {
  readonly queue: QueueName;
  /** As SQS knows the group. */
  readonly group: string;
  readonly id: string;
  readonly text: string;
}

const Death = z.object({ reason: z.string(), diedAt: z.number() });

/** The text of a message: the body, the group as we know it, and when it is due (ms since 1970). */
const Content = z.object({
  group: z.string(),
  notBefore: z.number().optional(),
  body: z.unknown(),
  /** Of a dead letter. */
  dead: Death.optional(),
});
export type Content = z.infer<typeof Content>;

/**
 * SQS takes 1 MiB at once (message or batch); a dead letter needs some of it for its reason. Messages are references:
 * what is larger is a mistake. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 */
export const mostTextBytes = 1_024 * 1_024 - 16 * 1_024;

/** Throws a TypeError for a body that JSON cannot say, and `Refused` (`MESSAGE_TOO_LARGE`). */
export function letterOf({ queue, group, body, delayMs = 0 }: Outgoing, id: string, nowMs: number): Letter {
  toJson(body);
  const delay = wholeMs(delayMs);
  const text = textOf({ group, ...(delay > 0 ? { notBefore: nowMs + delay } : {}), body });
  const bytes = Buffer.byteLength(text);
  if (bytes > mostTextBytes) {
    throw new Refused(
      'MESSAGE_TOO_LARGE',
      `A message for the queue ${queue} has ${bytes} bytes, and at most ${mostTextBytes} can be sent: store what it ` +
        'carries, and send a reference.',
    );
  }
  return { queue, group: groupIdOf(group), id, text };
}

/** JSON escapes lone surrogates and control characters; what else SQS, or an emulator of it, does not take is escaped here. */
export function textOf(content: Content): string {
  return JSON.stringify(content).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}

/** `undefined`: nobody who knows how has written this. */
export function contentOf(text: string): Content | undefined {
  try {
    return Content.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** SQS knows groups of up to 128 visible ASCII characters; every other name stands for itself by its hash. */
export function groupIdOf(group: string): string {
  return /^[!-~]{1,128}$/.test(group) && !group.startsWith('sha256/') ? group : `sha256/${hashOf(group)}`;
}

/** Over UTF-16, where lone surrogates differ from each other. */
export function hashOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text, 'utf16le')).digest('hex');
}
