import { randomUUID } from 'node:crypto';
import type { RemediateMessage } from '../../engine/acting/messages.ts';
import type { Clock } from '../../engine/ports.ts';

/** As Slack's press stores it: with a name of its own, and when it was made. */
export function stamped(body: RemediateMessage, clock: Clock): RemediateMessage {
  if (!('channel' in body) || body.made) return body;
  return { ...body, made: { wish: randomUUID(), at: clock.now().toISOString() } };
}
