import type { App, RespondFn } from '@slack/bolt';
import * as z from 'zod';
import { messageOf } from '../../engine/errors.ts';
import { answersOf } from './answers.ts';
import type { Asking, Caller, ListenOptions } from './listeners.ts';
import { FIX, LINK, MORE, RUN_AGAIN } from './render-actions.ts';
import { DONE_BY_HAND } from './render-manual.ts';
import { replyModal, sayingModal } from './render-modal.ts';
import { isPlanButton } from './render-plan.ts';
import type { Reply } from './reply.ts';
import { readPair, readReference, viewReference } from './values.ts';

export const tampered: Reply = { text: 'This button does not hold what Nightshift put there: nothing was done.' };
const unknown: Reply = { text: 'This button belongs to another version of Nightshift: nothing was done.' };

/** The part of a click that counts. The value of a menu is that of the chosen option. */
const click = z.object({
  user: z.object({ id: z.string() }),
  channel: z.object({ id: z.string() }).optional(),
  trigger_id: z.string().default(''),
  response_url: z.string().default(''),
  actions: z
    .tuple([
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string().optional() }).nullish(),
      }),
    ])
    .rest(z.unknown()),
});

interface Press {
  readonly value: string;
  readonly trigger: string;
  readonly asking: Asking;
  readonly caller: Caller;
  /** Absent for a button in a window. */
  readonly respond: RespondFn | undefined;
}

/** Every button of a message. Each click is acknowledged before anything else, and what comes of it is told afterwards. */
export function listenToClicks(bolt: App, { handlers, ourselves, modals, log }: ListenOptions): void {
  const { tell, tried } = answersOf(log);

  const runAgain = async ({ value: incident, caller, asking, respond }: Press): Promise<void> =>
    tell(respond, await tried('"Run Again"', () => handlers.runAgain({ ...caller, incident }, asking)));

  /** The window has to open within three seconds, so it opens before anything is read. */
  const openPlan = async ({ value, trigger, caller, asking, respond }: Press): Promise<void> => {
    const read = readPair(value);
    if (!read) return tell(respond, tampered);
    const view = await tried('opening a window', () => modals.open(trigger, sayingModal('Reading the cluster…')));
    if (typeof view !== 'string') return tell(respond, view);
    const opened = { incident: read.incident, remedy: read.id, viewId: viewReference(view, caller.channelId), caller };
    const reply = await tried('a plan', () => handlers.openPlan(opened, asking));
    if (!reply) return;
    const shown = await modals.update(view, replyModal(reply)).catch((failure: unknown) => {
      log.warn({ reason: messageOf(failure) }, 'could not update a window');
      return false;
    });
    if (!shown) await tell(respond, reply);
  };

  const doneByHand = async ({ value, caller, asking, respond }: Press): Promise<void> => {
    const read = readPair(value);
    if (!read) return tell(respond, tampered);
    const done = { incident: read.incident, manual: read.id, caller };
    await tell(respond, await tried('"Done by Hand"', () => handlers.doneByHand(done, asking)));
  };

  const decide = async (button: string, { value, caller, asking, respond }: Press): Promise<void> => {
    if (!isPlanButton(button)) return tell(respond, unknown);
    const plan = readReference(value);
    if (plan === undefined) return tell(respond, tampered);
    await tell(respond, await tried(`"${button}"`, () => handlers.decide({ plan, button, caller }, asking)));
  };

  /** Behind the dots: `fix/<incident>/<remedy>`, `run-again/<incident>`, `link/<number>`. */
  const choose = async (press: Press): Promise<void> => {
    const [, what, value = ''] = /^([a-z-]+)\/(.*)$/.exec(press.value) ?? [];
    if (what === 'fix') return openPlan({ ...press, value });
    if (what === RUN_AGAIN) return runAgain({ ...press, value });
    if (what !== 'link') return tell(press.respond, tampered);
  };

  bolt.action(/.*/, async ({ body, ack, respond }) => {
    await ack();
    const { user, channel, trigger_id: trigger, response_url: answerTo, actions } = click.parse(body);
    const [{ action_id: id, value, selected_option: option }] = actions;
    if (LINK.test(id)) return;
    const { teamId } = await ourselves();
    const caller = { userId: user.id, channelId: channel?.id ?? '', teamId };
    const asking = { id: trigger, answerTo };
    const press = { value: value ?? option?.value ?? '', trigger, asking, caller, respond };
    if (id === RUN_AGAIN) return runAgain(press);
    if (id === MORE) return choose(press);
    if (FIX.test(id)) return openPlan(press);
    if (id === DONE_BY_HAND) return doneByHand(press);
    return decide(id, press);
  });
}
