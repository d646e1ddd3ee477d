import type { RichTextBlock, RichTextElement, RichTextSection } from '@slack/types';
import { describeChange } from '../../engine/changes/describe.ts';
import { isBroken, UNDO_PASSES } from '../../engine/interlocks.ts';
import type { Plan, Said, Step, Verification } from '../../engine/plan.ts';
import type { PlanCard } from '../../engine/plan-card.ts';
import { diffBlocks } from './render-diff.ts';
import { valueIn } from './render-interlock.ts';
import { bullets, line, moment, type Pen, title, words } from './rich.ts';

/** The parts of a plan, each in words: nobody must tell ✓ from ✗, or red from green, to read it. */
type Part = RichTextBlock['elements'];
type Interlock = Plan['interlocks'][number];

/** Why it stands as it does, and the verdict it rests on. */
export function groundsOf({ plan }: PlanCard, pen: Pen, exact: Pen, most: number): Part {
  const { breakGlass, because, paused, doubt, cause, undoes, supersededBy, decision } = plan;
  return [
    ...(breakGlass
      ? [
          line(
            title('⚠ Break-glass by '),
            ...saidBy(pen, breakGlass),
            words(', in spite of: '),
            ...breakGlass.although.map((one, index) =>
              exact.plain(`${index > 0 ? '; ' : ''}${one.title} (${valueIn(exact, one, fewOf(most))})`, bytesOf(most)),
            ),
            words('\nReason: '),
            pen.strong(breakGlass.reason),
          ),
        ]
      : []),
    ...(because === undefined ? [] : [line(pen.strong(because))]),
    ...(doubt
      ? [
          line(
            words('So it looks since '),
            when(doubt.since),
            words('. It is looked for again until somebody has decided: a request may be on its way for a minute'),
          ),
        ]
      : []),
    ...(paused
      ? [
          line(
            words('… waits since '),
            when(paused.since),
            words(': '),
            pen.plain(paused.because),
            words('. It goes on by itself once that is over, or ends when the request expires or somebody stops it'),
          ),
        ]
      : []),
    ...(decision
      ? [
          line(
            ...saidBy(pen, decision),
            words(`: looked, and says that it was ${decision.wasApplied ? '' : 'not '}applied`),
          ),
        ]
      : []),
    ...(supersededBy === undefined ? [] : [line(words('A new plan stands in its place, with a message of its own.'))]),
    line(
      title(undoes === undefined ? 'Because: ' : 'Takes back what was done because of: '),
      pen.plain(cause.title),
      words(': '),
      pen.plain(cause.reason),
    ),
  ];
}

/** Everything that stands in the way; empty when it can be asked for. */
export function obstaclesOf({ plan, mayRequest, nobodyBecause }: PlanCard, pen: Pen, most: number): Part {
  if (plan.state !== 'shown' || mayRequest) return [];
  const reasons = [
    ...plan.blocked,
    ...plan.interlocks
      .filter(({ holds, breakable }) => !holds && !breakable)
      .map(({ title: name, value }) => `${name}: ${value}`),
    ...(nobodyBecause === undefined ? [] : [nobodyBecause]),
  ];
  const name = 'Approval cannot be requested as things stand';
  if (reasons.length === 0) return [line(title(name))];
  return listed(pen, name, reasons, most, (reason) => line(pen.plain(reason)));
}

/** In words, then field by field. */
export function changesOf({ plan }: PlanCard, pen: Pen, most: number): Part {
  const said = listed(pen, 'What will be changed', plan.described, most, (change) => line(pen.plain(change)));
  const diff = diffBlocks(pen, plan.diff, most * 4);
  return [...said, ...(diff.length > 0 ? diff : [line(words('Nothing would be different from what is there now.'))])];
}

export function effectsOf({ plan }: PlanCard, pen: Pen, most: number): Part {
  return listed(pen, 'What it affects', plan.effects, most, (effect) => line(pen.plain(effect)));
}

export function inverseOf({ plan: { inverse, undoes }, undoNobodyBecause }: PlanCard, pen: Pen): Part {
  if ('none' in inverse) return [line(title('Cannot be undone: '), pen.plain(inverse.none))];
  if (undoNobodyBecause !== undefined && inverse.length > 0) {
    const what = pen.plain(inverse.map(describeChange).join('; '));
    return [line(title('Cannot be undone from here: '), what, words('. '), pen.plain(undoNobodyBecause))];
  }
  const passes = undoes === undefined && inverse.length > 0 ? [words(`; ${UNDO_PASSES}`)] : [];
  return [line(title('Undo: '), pen.plain(inverse.map(describeChange).join('; ')), ...passes)];
}

/** There are no more than these, unless a plan touches several pools. */
const MOST_INTERLOCKS = 10;

/** So many names go into one value where a list may have `most` items. */
function fewOf(most: number): number {
  return Math.ceil(most / 6);
}

/** What stands in the way is told whole rather than anything else. */
function bytesOf(most: number): number {
  return Math.max(300, most * 10);
}

/** Each with its value; whether it can be passed over, by whom, and how, is said only where it is true. */
export function interlocksOf({ plan, glassBreakers }: PlanCard, pen: Pen, exact: Pen, most: number): Part {
  const { id, interlocks, state, breakGlass, unseen } = plan;
  const broken = (one: Interlock) => isBroken(one, breakGlass?.although);
  const canBeBroken = interlocks.some((one) => !one.holds && one.breakable && !broken(one));
  const way =
    glassBreakers && canBeBroken && state === 'requested'
      ? [line(words('To break the glass: '), pen.mono(`/nightshift break-glass ${id} <why, in a sentence>`, 250))]
      : [];
  const wayPast = (one: Interlock) => {
    if (broken(one)) return '); somebody broke the glass';
    return glassBreakers
      ? '); those whom the policy names may break the glass'
      : '); the policy names nobody who may break the glass';
  };
  const shown = listed(exact, 'Interlocks', interlocks, Math.max(most, MOST_INTERLOCKS), (one) =>
    line(
      words(one.holds ? '✓ holds: ' : '✗ does not hold: '),
      pen.strong(one.title),
      words(' ('),
      one.holds ? pen.plain(one.value) : exact.plain(valueIn(exact, one, fewOf(most)), bytesOf(most)),
      words(one.holds || !one.breakable ? ')' : wayPast(one)),
    ),
  );
  const old =
    unseen && state === 'requested'
      ? [
          line(
            title('⚠ The interlocks could not be looked at since '),
            when(unseen.since),
            words(': '),
            pen.plain(unseen.because),
            words('. What stands here is older, and nobody can approve it until they can be seen'),
          ),
        ]
      : [];
  return [...old, ...shown, ...way];
}

/** Who may say yes, how many are needed, until when, and who has spoken. */
export function approvalOf(card: PlanCard, pen: Pen): Part {
  const { plan, approvers, nobodyBecause, approvalsNeeded, requesterMayApprove, expiresAfterMinutes } = card;
  const { approvalsCounting, expiresAt = '', waitsFor } = card;
  const ids = [...approvers.userGroups, ...approvers.users];
  const named = pen.first(ids, 10).flatMap((id, index) => [...(index > 0 ? [words(', ')] : []), pen.mention(id)]);
  const more = ids.length > 10 ? [words(` and ${ids.length - 10} more`)] : [];
  // Before it was asked for, the reason stands among the obstacles.
  const why = plan.state === 'shown' || nobodyBecause === undefined ? [] : [words(': '), pen.plain(nobodyBecause)];
  const count = `${approvalsNeeded} ${approvalsNeeded === 1 ? 'approval is' : 'approvals are'} needed`;
  const own = requesterMayApprove ? 'the one who asks may give one' : 'the one who asks cannot give one';
  const { request, refusal, stopped, approvals } = plan;
  const asked: RichTextSection[] = request
    ? [
        line(words('Requested by '), ...saidBy(pen, request), words(', valid until '), when(expiresAt)),
        line(words(`${approvalsCounting} of ${approvalsNeeded} given`)),
      ]
    : [line(words(`${count}; ${own}; a request is valid for ${expiresAfterMinutes} minutes`))];
  return [
    line(title('May approve: '), ...(ids.length === 0 ? [words('nobody'), ...why] : [...named, ...more])),
    ...asked,
    ...pen.first(approvals, 10).map((one) => line(words('✓ approved by '), ...saidBy(pen, one))),
    ...pen
      .first(waitsFor, 10)
      .map(({ by, why: reason }) =>
        line(words('… '), ...(by === undefined ? [] : [pen.mention(by), words(' ')]), pen.plain(reason)),
      ),
    ...(refusal ? [line(words('✗ refused by '), ...saidBy(pen, refusal))] : []),
    ...(stopped ? [line(words('✗ stopped by '), ...saidBy(pen, stopped))] : []),
  ];
}

const stepWords: Readonly<Record<Step['state'], string>> = {
  waiting: '… waiting',
  rehearsed: '✓ rehearsed',
  started: '… started',
  done: '✓ done',
  failed: '✗ failed',
  unknown: '? nobody knows',
};

/** Each API request, and what the API server said to it. */
export function stepsOf({ plan }: PlanCard, pen: Pen, most: number): Part {
  return listed(pen, 'Steps', plan.steps, most, ({ action, state, at, said }) =>
    line(
      words(`${stepWords[state]}: `),
      pen.mono(action, 200),
      ...(at === undefined ? [] : [words(' · '), when(at)]),
      ...(said === undefined ? [] : [words('\nThe API server said: '), pen.plain(said)]),
    ),
  );
}

const verdicts: Readonly<Record<Verification['verdict'], string>> = {
  waiting: '… looking again',
  fixed: '✓ fixed',
  'not-fixed': '✗ not fixed',
  worse: '✗ worse than before',
  'cannot-tell': '? cannot tell',
};

export function verificationOf({ plan: { verification } }: PlanCard, pen: Pen): Part {
  if (verification === undefined) return [];
  const { verdict, reason, looks, at, untilAt } = verification;
  const said = line(title('Verification: '), words(`${verdicts[verdict]}: `), pen.plain(reason));
  if (verdict === 'waiting')
    return [said, line(words('seen at '), when(at), words(', looks on until '), when(untilAt))];
  return [said, line(words(`${looks === 1 ? 'looked once' : `looked ${looks} times`}, last at `), when(at))];
}

function listed<T>(
  pen: Pen,
  name: string,
  items: readonly T[],
  most: number,
  show: (item: T) => RichTextSection,
): Part {
  if (items.length === 0) return [];
  const shown = pen.first(items, most);
  const more = items.length - shown.length;
  return [line(title(name)), bullets([...shown.map(show), ...(more > 0 ? [line(words(`+${more} more`))] : [])])];
}

function saidBy(pen: Pen, { by, at }: Said): RichTextElement[] {
  return [pen.mention(by), words(' at '), when(at)];
}

function when(at: Plan['at']): RichTextElement {
  return moment(new Date(at), '{date_short_pretty} {time}');
}
