import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../engine/ports.ts';

/** https://docs.slack.dev/interactivity/handling-user-interaction: a trigger expires three seconds after it was sent. */
const lifetimeMs = 3000;

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id';

export interface Triggers {
  /** For what this person just did. */
  issue(user: string): string;
  /** Uses a trigger up: who it was, or Slack's word for what is wrong with it. */
  exchange(id: string): { readonly user: string } | { readonly error: TriggerError };
}

/** Trigger ids: each lets an app open one modal, soon after the person's action that it came with. */
export function createTriggers(clock: Clock, teamId: string): Triggers {
  const issued = new Map<string, { readonly user: string; readonly at: number; exchanged: boolean }>();
  const now = () => clock.now().getTime();
  return {
    issue(user) {
      for (const [id, { at }] of issued) if (now() - at > 20 * lifetimeMs) issued.delete(id);
      const id = `${now()}.${teamId}.${randomBytes(16).toString('hex')}`;
      issued.set(id, { user, at: now(), exchanged: false });
      return id;
    },
    exchange(id) {
      const trigger = issued.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (now() - trigger.at > lifetimeMs) return { error: 'expired_trigger_id' };
      if (trigger.exchanged) return { error: 'exchanged_trigger_id' };
      trigger.exchanged = true;
      return { user: trigger.user };
    },
  };
}
