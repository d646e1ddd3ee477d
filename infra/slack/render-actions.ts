import type { ActionsBlockElement, Button, KnownBlock, PlainTextOption } from '@slack/types';
import type { Card, CardLink } from '../../engine/card.ts';
import { cost, isDate, visible, webUrl } from './escape.ts';

/** The `action_id` of the button that asks for one more look; its `value` is the card's incident reference. */
export const RUN_AGAIN = 'run-again';
/** Buttons that only open a page: Slack reports them too, and wants no more than an acknowledgement. */
export const LINK = /^link-/;

const MENU_OPTIONS = 5;
const VISIBLE_BUTTONS = 3;

/**
 * At most three buttons are visible, further links wait in the menu behind them. Approving a fix would stand first
 * here. `whole` is false when a link was no web address, took more than `longest` bytes, or found no room.
 */
export function actionsOf(card: Card, longest: number): { readonly blocks: KnownBlock[]; readonly whole: boolean } {
  const links = card.links.flatMap(({ label, url }) => {
    const safe = webUrl(url);
    return safe === undefined || cost(safe) > longest ? [] : [{ label, url: safe }];
  });
  const buttons = mayRunAgain(card) ? [runAgain(card.incident)] : [];
  const room = VISIBLE_BUTTONS - buttons.length;
  const menu = links.slice(room);
  const elements: ActionsBlockElement[] = [
    ...buttons,
    ...links.slice(0, room).map(linkButton),
    ...(menu.length > 0
      ? [{ type: 'overflow' as const, action_id: 'link-more', options: menu.slice(0, MENU_OPTIONS).map(linkOption) }]
      : []),
  ];
  // A new id per revision, as Slack advises for messages that are updated.
  const revision = isDate(card.updatedAt) ? card.updatedAt.getTime() : 0;
  return {
    blocks: elements.length === 0 ? [] : [{ type: 'actions', block_id: `actions-${revision}`, elements }],
    whole: links.length === card.links.length && menu.length <= MENU_OPTIONS,
  };
}

/** Not while it looks, and not on the card of a part: the storm's card has the button. */
function mayRunAgain({ state, incident, canLook }: Card): boolean {
  return canLook && state !== 'looking' && state !== 'folded' && incident.length > 0 && incident.length <= 2_000;
}

function runAgain(incident: string): Button {
  return {
    type: 'button',
    action_id: RUN_AGAIN,
    text: { type: 'plain_text', text: 'Run Again' },
    value: incident,
    accessibility_label: 'Run Again: the same runbook on the same target',
  };
}

function linkButton({ label, url }: CardLink, index: number): Button {
  return { type: 'button', action_id: `link-${index}`, text: labelOf(label), url };
}

function linkOption({ label, url }: CardLink, index: number): PlainTextOption {
  return { text: labelOf(label), url, value: `more-${index}` };
}

function labelOf(label: string) {
  return { type: 'plain_text' as const, text: visible(label, { max: 75 }), emoji: false };
}
