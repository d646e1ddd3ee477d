import type { KnownBlock, ModalView } from '@slack/types';
import type { PlanCard } from '../../engine/plan-card.ts';
import { visible } from './escape.ts';
import { planBlocks } from './render-plan.ts';
import { type Reply, replyBlocks } from './reply.ts';
import { line, richText, words } from './rich.ts';
import { modalValue, readReference } from './values.ts';

/** The `callback_id` of a plan that can be asked for: submitting it requests approval. */
export const REQUEST_PLAN = 'request-plan';

/** Slack takes 250 kB; nobody reads more than this in a window. */
const MODAL_BUDGET = 40_000;
/** https://docs.slack.dev/reference/views/modal-views: title, submit and close. */
const TITLE = 24;

/** A window with one sentence: while something is read, or when there is nothing more to say. */
export function sayingModal(text: string): ModalView {
  return modalOf('Plan', [richText(line(words(visible(text, { max: 3_000, lines: true }))))]);
}

export function replyModal(reply: Reply): ModalView {
  return modalOf('Plan', replyBlocks(reply));
}

/** The plan to look at before anybody is asked. It can be submitted only if it may be requested. */
export function planModal(card: PlanCard, channel: string): ModalView {
  const { blocks } = planBlocks(card, MODAL_BUDGET);
  const id = readReference(card.plan.id);
  const view = modalOf(visible(`Plan: ${card.plan.title}`, { max: TITLE }), blocks);
  if (!card.mayRequest || id === undefined) return view;
  return {
    ...view,
    callback_id: REQUEST_PLAN,
    private_metadata: modalValue(id, channel),
    submit: { type: 'plain_text', text: 'Request Approval' },
  };
}

function modalOf(title: string, blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: title, emoji: false },
    close: { type: 'plain_text', text: 'Close' },
    blocks,
  };
}
