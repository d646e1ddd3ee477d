import type { App, ViewSubmitAction } from '@slack/bolt';
import { messageOf } from '../../engine/errors.ts';
import { answersOf, within } from './answers.ts';
import { tampered } from './clicks.ts';
import type { ListenOptions } from './listeners.ts';
import { REQUEST_PLAN, replyModal, sayingModal } from './render-modal.ts';
import { readModal } from './values.ts';

const requested = { text: 'Approval is requested: the thread of the incident shows the plan.' };

/**
 * A plan is submitted from its window, and the window shows what comes of it: a reply stays to be read, none closes it.
 * What takes longer than Slack waits is shown afterwards, or whispered when the window was closed meanwhile.
 */
export function listenToSubmissions(bolt: App, options: ListenOptions): void {
  const { handlers, ourselves, modals, whisper, ackAfterMs, log } = options;
  const { tried } = answersOf(log);

  bolt.view<ViewSubmitAction>(REQUEST_PLAN, async ({ ack, body, view, context }) => {
    const read = readModal(view.private_metadata);
    if (!read) return ack({ response_action: 'update', view: replyModal(tampered) });
    const { teamId } = await ourselves();
    const caller = { userId: body.user.id, channelId: read.channel, teamId };
    const work = tried('a request for approval', () =>
      handlers.request({ plan: read.plan, caller }, { id: body.trigger_id, answerTo: '' }),
    );
    const quick = await within(work, ackAfterMs - (performance.now() - Number(context.receivedAtMs)));
    if (quick?.result) return ack({ response_action: 'update', view: replyModal(quick.result) });
    if (quick) return ack({ response_action: 'clear' });

    await ack({ response_action: 'update', view: sayingModal('Requesting approval…') });
    const reply = (await work) ?? requested;
    try {
      const shown = await modals.update(view.id, replyModal(reply));
      if (!shown) await whisper({ channel: caller.channelId }, caller.userId, reply.text);
    } catch (failure) {
      log.warn({ reason: messageOf(failure) }, 'could not tell what became of a request for approval');
    }
  });
}
