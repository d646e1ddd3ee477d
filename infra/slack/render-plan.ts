import type { ActionsBlock, Button, KnownBlock, RichTextBlock } from '@slack/types';
import type { Plan } from '../../engine/plan.ts';
import type { PlanButton, PlanCard } from '../../engine/plan-card.ts';
import { code, cost, date, escapeMrkdwn, isDate, visible } from './escape.ts';
import {
  approvalOf,
  changesOf,
  effectsOf,
  groundsOf,
  interlocksOf,
  inverseOf,
  obstaclesOf,
  stepsOf,
  verificationOf,
} from './render-plan-parts.ts';
import { line, newPen, type Pen, richText, type SlackMessage, sizeOf, title, words } from './rich.ts';
import { readReference } from './values.ts';

/** What a plan may show; each is tried from the first until it fits. Numbers of items, and bytes of one text. */
const details = [
  { items: 60, text: 600 },
  { items: 25, text: 300 },
  { items: 10, text: 150 },
  { items: 5, text: 80 },
  { items: 2, text: 60 },
] as const;
type Detail = (typeof details)[number];

export interface RenderedPlan {
  readonly blocks: KnownBlock[];
  /** Whether it shows every change to its last field, whom it affects, and what stands in its way. If not, it says so. */
  readonly whole: boolean;
}

/** The plan in the thread: what would be done to what, who must agree, and what became of it. Edited in place. */
export function renderPlan(card: PlanCard, budget: number): SlackMessage {
  const { blocks, whole } = planBlocks(card, budget - sizeOf(buttonsOf(card, false)));
  return { text: escapeMrkdwn(card.headline, 400), blocks: [...blocks, ...buttonsOf(card, whole)] };
}

/** The plan without its buttons, in at most `budget` bytes: the same in the thread and in its modal. */
export function planBlocks(card: PlanCard, budget: number): RenderedPlan {
  const sizes = details.map((detail) => build(card, detail));
  const fitting = sizes.find(({ blocks }) => sizeOf(blocks) <= budget);
  return fitting ?? { blocks: [header(card), facts(card.plan), notAll(card.plan)], whole: false };
}

function build(card: PlanCard, { items, text }: Detail): RenderedPlan {
  const pen = newPen(text);
  // What nobody may approve without having seen it; the rest may be cut.
  const exact = newPen(text);
  const block = (...elements: RichTextBlock['elements']): KnownBlock[] =>
    elements.length === 0 ? [] : [richText(...elements)];
  const grounds = block(...groundsOf(card, pen, exact, items));
  const changes = block(...changesOf(card, exact, items));
  const effects = block(...effectsOf(card, exact, items));
  const inverse = block(...inverseOf(card, exact));
  const interlocks = block(...interlocksOf(card, pen, exact, items));
  const blocks = [
    header(card),
    ...block(...obstaclesOf(card, pen, items)),
    ...grounds,
    facts(card.plan),
    ...(exact.whole ? [] : [notAll(card.plan)]),
    ...changes,
    ...effects,
    ...inverse,
    ...interlocks,
    ...block(...approvalOf(card, pen)),
    ...block(...stepsOf(card, pen, items)),
    ...block(...verificationOf(card, pen)),
    footer(card.plan),
  ];
  return { blocks, whole: exact.whole };
}

function header({ headline }: PlanCard): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: visible(headline, { max: 150 }), emoji: false } };
}

function facts({ cluster, target, risk }: Plan): KnownBlock {
  const text = [`cluster ${code(cluster, 100)}`, code(target, 400), `risk ${escapeMrkdwn(risk, 30)}`].join(' · ');
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

/** Nobody may take a part for the whole. */
function notAll({ id }: Plan): KnownBlock {
  const pen: Pen = newPen(100);
  return richText(
    line(title('⚠ Not all is shown here: '), pen.mono(`nightshift plan ${id}`, 250), words(' lists all')),
  );
}

function footer({ digest, updatedAt }: Plan): KnownBlock {
  const text = [`Digest ${code(digest.slice(0, 12), 60)}`, `updated ${date(new Date(updatedAt))}`].join(' · ');
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

const labels: Readonly<Record<PlanButton, string>> = {
  approve: 'Approve',
  refuse: 'Refuse',
  stop: 'Stop',
  undo: 'Undo',
  'it-was-applied': 'It Was Applied',
  'it-was-not-applied': 'It Was Not Applied',
  'plan-again': 'Plan Again',
};

/** The buttons under a plan: their `action_id` is the button's own name, their value the plan's id. */
export const planButtons = Object.keys(labels) as readonly PlanButton[];

export function isPlanButton(actionId: string): actionId is PlanButton {
  return Object.hasOwn(labels, actionId);
}

function buttonsOf(card: PlanCard, whole: boolean): ActionsBlock[] {
  const { plan, buttons } = card;
  const value = readReference(plan.id);
  if (value === undefined || buttons.length === 0) return [];
  const revision = isDate(new Date(plan.updatedAt)) ? new Date(plan.updatedAt).getTime() : 0;
  const elements = [...new Set(buttons)].map((button): Button => {
    const confirm = confirmOf(button, plan, whole);
    return {
      type: 'button',
      action_id: button,
      text: plainText(labels[button]),
      value,
      accessibility_label: `${labels[button]}: ${visible(plan.title, { max: 50 })}`,
      ...(button === 'approve' ? { style: plan.risk === 'high' ? 'danger' : 'primary' } : {}),
      ...(button === 'stop' ? { style: 'danger' } : {}),
      ...(confirm === undefined ? {} : { confirm }),
    };
  });
  return [{ type: 'actions', block_id: `plan-${revision}`, elements }];
}

/** https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object */
const CONFIRM_TEXT = 300;

/** The last word before a yes: what is done, to which cluster. A look of one's own is asked for where nobody knows. */
function confirmOf(button: PlanButton, plan: Plan, whole: boolean): Button['confirm'] {
  if (button === 'approve') {
    const where = ` on cluster ${visible(plan.cluster, { max: 60 })}. Risk: ${visible(plan.risk, { max: 20 })}.`;
    const note = `${where} It runs once, and only if the cluster still fits it.${whole ? '' : ` Not all is shown: nightshift plan ${visible(plan.id, { max: 60 })}`}`;
    const what = visible(plan.described.join('; ') || plan.title, { max: CONFIRM_TEXT - cost(note) });
    return {
      title: plainText('Approve this change?'),
      text: plainText(`${what}${note}`),
      confirm: plainText('Approve'),
      deny: plainText('Cancel'),
      ...(plan.risk === 'high' ? { style: 'danger' } : {}),
    };
  }
  if (button !== 'it-was-applied' && button !== 'it-was-not-applied') return undefined;
  return {
    title: plainText('Did you look for yourself?'),
    text: plainText(
      `Nightshift lost sight of this change on cluster ${visible(plan.cluster, { max: 60 })}. What you say is written down and taken as the truth.`,
    ),
    confirm: plainText(labels[button]),
    deny: plainText('Cancel'),
  };
}

function plainText(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}
