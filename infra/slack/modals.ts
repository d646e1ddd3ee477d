import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import * as z from 'zod';
import { Refused, TryLater } from '../../engine/errors.ts';
import { calling } from './web.ts';

/** Windows on somebody's screen. */
export interface Modals {
  /** The id of the opened view. Throws when the three seconds of the trigger are over. */
  open(trigger: string, view: ModalView): Promise<string>;
  /** `false`: the person has closed it. */
  update(id: string, view: ModalView): Promise<boolean>;
}

const opened = z.object({ view: z.object({ id: z.string() }) });

export function slackModals(client: WebClient): Modals {
  return {
    async open(trigger, view) {
      const call = { kind: 'edit', method: 'views.open' } as const;
      const answer = opened.safeParse(await calling(call, () => client.views.open({ trigger_id: trigger, view })));
      if (!answer.success) throw new TryLater('Slack opened a window but did not say which', 1_000);
      return answer.data.view.id;
    },

    async update(id, view) {
      try {
        await calling({ kind: 'edit', method: 'views.update' }, () => client.views.update({ view_id: id, view }));
        return true;
      } catch (failure) {
        // https://docs.slack.dev/reference/methods/views.update: also the answer for a view that was closed.
        if (failure instanceof Refused && failure.code === 'not_found') return false;
        throw failure;
      }
    },
  };
}
