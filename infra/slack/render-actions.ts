import type { ActionsBlockElement, Button, KnownBlock, PlainTextOption } from '@slack/types';
import type { Card, CardLink } from '../../engine/card.ts';
import { cost, isDate, visible, webUrl } from './escape.ts';
import { pairValue } from './values.ts';

/** The `action_id` of the button that asks for one more look; its `value` is the card's incident reference. */
export const RUN_AGAIN = 'run-again';
/** Opens the plan of a fix; the `value` is `<incident>/<remedy>`. Ids differ within a block, so the second is `fix-2`. */
export const FIX = /^fix(-\d+)?$/;
/** The menu behind the buttons: the chosen option's `value` says which of them it stands for. */
export const MORE = 'more';
/** Buttons that only open a page: Slack reports them too, and wants no more than an acknowledgement. */
export const LINK = /^link-/;

const MENU_OPTIONS = 5;
const VISIBLE_BUTTONS = 3;
/** https://docs.slack.dev/reference/block-kit/composition-objects/option-object */
const OPTION_VALUE = 75;

/** One thing to press, as a button while there is room and as an option of the menu afterwards. */
interface Act {
  readonly button: Button;
  readonly option: PlainTextOption;
}

/**
 * At most three buttons are visible, the rest wait in the menu behind them: fixes first, then one more look, then
 * links. `whole` is false when a link was no web address, took more than `longest` bytes, or something found no room.
 */
export function actionsOf(card: Card, longest: number): { readonly blocks: KnownBlock[]; readonly whole: boolean } {
  const links = card.links.flatMap(({ label, url }) => {
    const safe = webUrl(url);
    return safe === undefined || cost(safe) > longest ? [] : [{ label, url: safe }];
  });
  const acts = [...fixesOf(card), ...(mayRunAgain(card) ? [runAgain(card.incident)] : []), ...links.map(linkTo)];
  const menu = acts.slice(VISIBLE_BUTTONS).filter(({ option }) => (option.value ?? '').length <= OPTION_VALUE);
  const elements: ActionsBlockElement[] = [
    ...acts.slice(0, VISIBLE_BUTTONS).map(({ button }) => button),
    ...(menu.length > 0 ? [menuOf(menu)] : []),
  ];
  // A new id per revision, as Slack advises for messages that are updated.
  const revision = isDate(card.updatedAt) ? card.updatedAt.getTime() : 0;
  const shown = Math.min(VISIBLE_BUTTONS, acts.length) + Math.min(MENU_OPTIONS, menu.length);
  return {
    blocks: elements.length === 0 ? [] : [{ type: 'actions', block_id: `actions-${revision}`, elements }],
    whole: links.length === card.links.length && shown === acts.length,
  };
}

function menuOf(acts: readonly Act[]): ActionsBlockElement {
  return { type: 'overflow', action_id: MORE, options: acts.slice(0, MENU_OPTIONS).map(({ option }) => option) };
}

/** The first fix is what leads on from the diagnosis. Pressing it shows its plan and changes nothing. */
function fixesOf({ incident, offered, remedies }: Card): readonly Act[] {
  const fixes = offered.flatMap((id) => {
    const remedy = remedies.find((candidate) => candidate.id === id);
    const value = pairValue(incident, id);
    return remedy === undefined || 'unavailable' in remedy || value === undefined ? [] : [{ remedy, value }];
  });
  return fixes.map(({ remedy, value }, index) => ({
    button: {
      type: 'button',
      action_id: index === 0 ? 'fix' : `fix-${index + 1}`,
      text: labelOf(remedy.title),
      value,
      accessibility_label: `${visible(remedy.title, { max: 50 })}: show the plan`,
      ...(index === 0 ? { style: 'primary' } : {}),
    },
    option: { text: labelOf(remedy.title), value: `fix/${value}` },
  }));
}

/** Not while it looks, and not on the card of a part: the storm's card has the button. */
function mayRunAgain({ state, incident, canLook }: Card): boolean {
  return canLook && state !== 'looking' && state !== 'folded' && incident.length > 0 && incident.length <= 2_000;
}

function runAgain(incident: string): Act {
  const text = labelOf('Run Again');
  return {
    button: {
      type: 'button',
      action_id: RUN_AGAIN,
      text,
      value: incident,
      accessibility_label: 'Run Again: the same runbook on the same target',
    },
    option: { text, value: `${RUN_AGAIN}/${incident}` },
  };
}

function linkTo({ label, url }: CardLink, index: number): Act {
  const text = labelOf(label);
  return {
    button: { type: 'button', action_id: `link-${index}`, text, url },
    option: { text, url, value: `link/${index}` },
  };
}

function labelOf(label: string) {
  return { type: 'plain_text' as const, text: visible(label, { max: 75 }), emoji: false };
}
