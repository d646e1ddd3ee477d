import { WriteFailure } from '../../../../engine/action.ts';
import type { Plan } from '../../../../engine/plan.ts';
import type { deed } from '../deed.ts';
import type { Fault } from './steps.ts';

type Life = Awaited<ReturnType<typeof deed>>;

export class Killed extends Error {}

export const plansOf = async ({ acting }: Life) =>
  (await acting.store.list<Plan>('plans'))
    .map(({ value }) => value)
    .toSorted((a, b) => Number(a.id.slice('plan-'.length)) - Number(b.id.slice('plan-'.length)));

/** Whoever sends a request is asked what entitles them; what should not be stands in `wrong`. */
export function watched(life: Life) {
  const { writer } = life.cluster;
  const really = writer.apply;
  const wrong: string[] = [];
  const begun = new Set<string>();
  const next: { fault?: Fault | undefined } = {};

  writer.apply = async (action, limits) => {
    const executing = (await plansOf(life)).filter(({ state }) => state === 'executing');
    wrong.push(...executing.slice(1).map(({ id }) => `${id} is carried out beside another`));
    const [plan] = executing;
    const nth = plan?.steps.findIndex(({ state }) => state === 'started') ?? -1;
    if (!plan || nth < 0) wrong.push('a request is sent that no plan has begun');
    else wrong.push(...objections(life, plan));

    const { fault } = next;
    delete next.fault;
    const key = `request ${nth} of ${plan?.id}`;
    if (begun.has(key)) wrong.push(`${key} is sent again`);
    // What the API server refuses because the object was written to meanwhile has done nothing, and may be sent once more.
    if (fault !== 'conflict') begun.add(key);
    if (fault === 'killed-before') throw new Killed();
    if (fault === 'lost-before') throw new WriteFailure('timed-out', 'no answer', true);
    if (fault === 'conflict' || fault === 'throttled' || fault === 'forbidden')
      throw new WriteFailure(fault, `refused: ${fault}`, false);
    const answer = await really(action, limits);
    if (fault === 'killed-after') throw new Killed();
    if (fault === 'lost-after') throw new WriteFailure('timed-out', 'no answer', true);
    return answer;
  };

  return { wrong, next };
}

/** By the rules, the directory and the clock of this very moment. */
function objections({ rules, people }: Life, { id, approvals, request, breakGlass, undoes }: Plan): readonly string[] {
  const [rule] = rules.policy;
  const counted = approvals.filter(
    ({ by }) =>
      rule?.approvers.users.includes(by) && (people.standing[by] ?? 'member') === 'member' && by !== request?.by,
  );
  const late = approvals.filter(({ at }) => at > (request?.expiresAt ?? ''));
  return [
    ...(new Set(counted.map(({ by }) => by)).size < (rule?.approvals ?? 1) ? [`${id}: too few have approved it`] : []),
    ...late.map(({ by }) => `${id}: ${by} approved it after it had expired`),
    // An undo waits for no freeze.
    ...(rules.limits.freeze.length > 0 && !breakGlass && undoes === undefined
      ? [`${id}: nothing may be changed now`]
      : []),
  ];
}
