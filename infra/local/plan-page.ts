import { planLineOf } from '../../engine/acting/plan-line.ts';
import { describeChange } from '../../engine/changes/describe.ts';
import { UNDO_PASSES } from '../../engine/interlocks.ts';
import type { PlanCard } from '../../engine/plan-card.ts';
import { counted, minuteOf } from '../../engine/words.ts';
import { painter, type TerminalOptions, wrap } from './terminal.ts';

/** A plan as a page for a terminal: what would change, what that means for others, and what stands in its way. */
export function planPage({ plan, ...card }: PlanCard, { columns, colour }: TerminalOptions): string {
  const paint = painter(colour);
  const say = (text: string, indent = 2) => wrap(text, { columns, indent, hanging: indent + 2 });
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [paint('bold', title), ...lines, ''];
  const inverse =
    'none' in plan.inverse
      ? [`cannot be undone: ${plan.inverse.none}`]
      : [...plan.inverse.map(describeChange), ...(plan.inverse[0] ? aboutUndo(plan, card) : [])];
  const approvers = [...card.approvers.users, ...card.approvers.userGroups.map((group) => `group ${group}`)];
  const who = card.nobodyBecause
    ? [`nobody: ${card.nobodyBecause}`]
    : [
        `${counted(card.approvalsNeeded, 'approval')} by ${approvers.join(', ')}, within ${counted(card.expiresAfterMinutes, 'minute')}`,
        card.requesterMayApprove ? 'whoever asks may approve' : 'whoever asks may not approve',
      ];
  return [
    ...wrap(plan.title, { columns }).map((line) => paint('bold', line)),
    ...wrap(`${plan.target} in cluster ${plan.cluster}, risk ${plan.risk}${stored(plan)}`, { columns }).map((line) =>
      paint('dim', line),
    ),
    '',
    ...section(
      plan.undoes === undefined ? 'Rests on' : 'Takes back what was done because of',
      say(`${plan.cause.title}: ${plan.cause.reason}`),
    ),
    ...section(
      'Cannot be done',
      plan.blocked.flatMap((line) => say(line)).map((line) => paint('red', line)),
    ),
    ...section(
      'Changes',
      plan.diff.flatMap(({ object, path, before, after }) => [
        ...say(`${object}  ${path}`),
        ...say(`- ${before ?? '(absent)'}`, 4).map((line) => paint('red', line)),
        ...say(`+ ${after ?? '(absent)'}`, 4).map((line) => paint('green', line)),
      ]),
    ),
    ...section(
      'Effects',
      plan.effects.flatMap((line) => say(line)),
    ),
    ...section(
      'Undo',
      inverse.flatMap((line) => say(line)),
    ),
    ...section(
      'Interlocks',
      plan.interlocks.flatMap(({ holds, title, value }) => {
        const [first = '', ...rest] = say(`${title}: ${value}`, 4);
        return [`  ${holds ? paint('green', '✓') : paint('red', '✗')} ${first.trimStart()}`, ...rest];
      }),
    ),
    ...section(
      'Who may',
      who.flatMap((line) => say(line)),
    ),
    ...section(
      'What became of it',
      lifeOf(plan, card).flatMap((line) => say(line)),
    ),
    paint('dim', `digest ${plan.digest.slice(0, 16)}`),
  ].join('\n');
}

/** Of a plan that somebody has asked for: who did what, and when. */
function lifeOf(plan: PlanCard['plan'], { headline, expiresAt, approvalsCounting, ...card }: Omit<PlanCard, 'plan'>) {
  if (!plan.request) return [];
  const open = plan.state === 'requested';
  return [
    headline,
    ...(open && expiresAt
      ? [`${approvalsCounting} of ${card.approvalsNeeded} approvals, until ${minuteOf(expiresAt)}`]
      : []),
    ...card.waitsFor.map(({ by, why }) => [by, why].filter(Boolean).join(': ')),
    ...planLineOf(plan).steps.map(({ word, at, by, note }) =>
      // The words of a verdict say themselves what they are.
      word === 'verified' && note
        ? `${minuteOf(at)}  ${note}`
        : `${minuteOf(at)}  ${word.replace('-', ' ')}${by ? ` by ${by}` : ''}${note ? `: ${note}` : ''}`,
    ),
    ...(plan.breakGlass?.although ?? []).map(({ title, value }) => `glass broken in spite of: ${title}: ${value}`),
    ...plan.steps.map(({ action, state, said }) => `${action}: ${state}${said ? `: ${said}` : ''}`),
  ];
}

/** Of a plan that somebody has seen: when it was made, and what became of it. */
function stored({ state, at, shownTo }: PlanCard['plan']): string {
  return shownTo.length === 0 ? '' : `, made ${at}, ${state.replace('-', ' ')}`;
}

function aboutUndo({ undoes }: PlanCard['plan'], { undoNobodyBecause }: Pick<PlanCard, 'undoNobodyBecause'>): string[] {
  if (undoNobodyBecause !== undefined) return [`not from here: ${undoNobodyBecause}`];
  return undoes === undefined ? [UNDO_PASSES] : [];
}
