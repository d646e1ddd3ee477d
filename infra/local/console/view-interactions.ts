import * as z from 'zod';
import { SlackError } from './api/call.ts';
import { checked } from './api/views.ts';
import type { InteractionDependencies, InteractionResult } from './interactions.ts';
import { objects } from './message.ts';
import type { Acknowledgement } from './outbound.ts';
import { actionOf, type Click, envelope, pressedElement } from './payloads.ts';
import type { Person } from './practice-users.ts';
import type { View } from './views.ts';

/** What a person does in a window. `id` is the view's; nobody can touch somebody else's window. */
export interface ViewInteractions {
  press(who: Person, id: string, click: Click): Promise<InteractionResult>;
  submit(who: Person, id: string): Promise<InteractionResult>;
  close(who: Person, id: string): Promise<InteractionResult>;
}

/** https://docs.slack.dev/surfaces/modals#response_actions; our windows have no inputs and no stack. */
const responseAction = z.discriminatedUnion('response_action', [
  z.object({ response_action: z.literal('clear') }),
  z.object({ response_action: z.literal('update'), view: z.record(z.string(), z.unknown()) }),
]);

export function createViewInteractions(dependencies: InteractionDependencies): ViewInteractions {
  const { workspace, outbound, triggers, views, nextTs } = dependencies;
  const mine = (who: Person, id: string) => {
    const view = views.find({ id });
    return view?.user === who.id ? view : undefined;
  };

  return {
    async press(who, id, click) {
      const view = mine(who, id);
      const shown = view && views.show(view);
      const pressed = shown && pressedElement([{ blocks: objects(shown.blocks) }], click);
      if (!pressed) return { ok: false, error: 'stale' };
      const payload = {
        ...envelope('block_actions', who, workspace),
        container: { type: 'view', view_id: id },
        trigger_id: triggers.issue(who.id),
        view: shown,
        actions: [actionOf(pressed.element, click, nextTs())],
      };
      const { outcome } = await outbound.send('block_actions', { payload: JSON.stringify(payload) });
      return outcome === 'acknowledged' ? { ok: true } : { ok: false, error: outcome };
    },

    async submit(who, id) {
      const view = mine(who, id);
      if (!view?.content.submit) return { ok: false, error: 'stale' };
      const payload = {
        ...envelope('view_submission', who, workspace),
        trigger_id: triggers.issue(who.id),
        view: views.show(view),
        response_urls: [],
      };
      const ack = await outbound.send('view_submission', { payload: JSON.stringify(payload) });
      if (ack.outcome !== 'acknowledged') return { ok: false, error: ack.outcome };
      return follow(view, ack);
    },

    async close(who, id) {
      const view = mine(who, id);
      if (!view) return { ok: true };
      views.close(view);
      if (view.content.notify_on_close !== true) return { ok: true };
      const payload = { ...envelope('view_closed', who, workspace), view: views.show(view), is_cleared: false };
      await outbound.send('view_closed', { payload: JSON.stringify(payload) });
      return { ok: true };
    },
  };

  /** An empty answer closes the window, `clear` too; `update` shows another view in it. */
  function follow(view: View, { body }: Acknowledgement): InteractionResult {
    try {
      const action = body.trim() === '' ? undefined : responseAction.parse(JSON.parse(body));
      if (action?.response_action === 'update') views.update(view, checked(action.view));
      else views.close(view);
      return { ok: true };
    } catch (thrown) {
      if (thrown instanceof SlackError || thrown instanceof z.ZodError || thrown instanceof SyntaxError)
        return { ok: false, error: 'invalid_view_response' };
      throw thrown;
    }
  }
}
