import * as z from 'zod';
import type { TurnedAway } from './listeners.ts';
import { FIX, MORE, RUN_AGAIN } from './render-actions.ts';
import { DONE_BY_HAND } from './render-manual.ts';
import { isPlanButton } from './render-plan.ts';
import { readModal, readPair, readReference } from './values.ts';

const person = z.string().regex(/^[UW][A-Z0-9]{1,30}$/);

/** A command, a click or a window, as far as it says who wanted what. */
const attempt = z.object({
  user: z.object({ id: person }).optional(),
  user_id: person.optional(),
  channel: z.object({ id: z.string() }).nullish(),
  channel_id: z.string().optional(),
  command: z.string().optional(),
  view: z.object({ private_metadata: z.string().optional() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string().optional() }).nullish(),
      }),
    )
    .optional(),
});

/** What somebody of another workspace wanted, for the ledger; `undefined` where it names nobody. */
export function turnedAwayOf(body: unknown, teamId: string): TurnedAway | undefined {
  const read = attempt.safeParse(body);
  if (!read.success) return undefined;
  const { user, user_id, channel, channel_id, command, view, actions } = read.data;
  const userId = user?.id ?? user_id;
  if (userId === undefined) return undefined;
  const caller = { userId, channelId: channel?.id ?? channel_id ?? '', teamId };
  const [action] = actions ?? [];
  if (action) return { ...wantedBy(action.action_id, action.value ?? action.selected_option?.value), caller };
  if (command !== undefined) return { what: 'a command', caller };
  const plan = readModal(view?.private_metadata)?.plan;
  return { what: 'request', ...(plan === undefined ? {} : { plan }), caller };
}

type Wanted = Pick<TurnedAway, 'what' | 'plan' | 'incident'>;

/** The names are ours; what else stands there is not repeated. */
function wantedBy(id: string, value: string | undefined): Wanted {
  if (isPlanButton(id)) {
    const plan = readReference(value);
    return { what: id, ...(plan === undefined ? {} : { plan }) };
  }
  const chosen = id === MORE ? value?.split('/').slice(1).join('/') : value;
  const incident = readPair(chosen)?.incident ?? readReference(chosen);
  const about = incident === undefined ? {} : { incident };
  if (FIX.test(id) || id === MORE) return { what: 'open a fix', ...about };
  if (id === DONE_BY_HAND) return { what: 'say that it was done by hand', ...about };
  return { what: id === RUN_AGAIN ? 'run again' : 'a button', ...about };
}
