import * as z from 'zod';
import type { Outgoing } from '../../engine/ports.ts';

const asking = {
  /** Who asked. */
  by: z.string(),
  /** The same when Slack, or the queue, delivers it again. */
  id: z.string(),
  /** Where the answer goes: `response_url`. */
  answerTo: z.string(),
};

/** What somebody asked of the bot, on its way to whoever can answer. Travels on the queue `investigate`. */
export const Asked = z.discriminatedUnion('type', [
  z.object({ type: z.literal('command'), text: z.string(), ...asking }),
  z.object({ type: z.literal('run-again'), incident: z.string(), ...asking }),
]);
export type Asked = z.infer<typeof Asked>;

/** What one person asks is answered in its order. */
export function askedMessage(body: Asked): Outgoing {
  return { queue: 'investigate', group: `asked/${body.by}`, body };
}
