import type { AnyRunbook } from '../../../engine/runbook.ts';
import { type Outcome, outcomesOf } from './outcome.ts';

/** A true cause against what was confirmed where it is so. */
export interface Row {
  /** Without a cause: nothing is wrong, or the world does not settle what. */
  readonly cause: string | 'nothing' | 'unsettled';
  readonly cases: number;
  /** By the cause that was confirmed; a cause that is so as well stands in its own row alone. */
  readonly confirmed: ReadonlyMap<string, number>;
  /** Neither this cause was confirmed nor a wrong one, nor was it ruled out. */
  readonly open: number;
  /** It was ruled out, or what may be was. */
  readonly ruledOut: number;
  /** Of these: the case takes the evidence for it away. */
  readonly unseen: number;
}

export interface Matrix {
  readonly id: string;
  readonly title: string;
  /** Those that can be confirmed, in the order of the runbook, with their titles. */
  readonly causes: ReadonlyMap<string, string>;
  readonly rows: readonly Row[];
  readonly outcomes: readonly Outcome[];
  readonly totals: Totals;
}

export interface Totals {
  readonly cases: number;
  readonly recorded: number;
  /** True causes in all cases together, and what became of them. */
  readonly causes: number;
  readonly named: number;
  readonly open: number;
  readonly unseen: number;
  /** Confirmed, and not so or not settled. */
  readonly wrong: number;
  /** Ruled out, and so or possible. */
  readonly ruledOut: number;
}

export async function matrixOf(runbook: AnyRunbook): Promise<Matrix> {
  return tallied(runbook, await outcomesOf(runbook));
}

export function tallied(runbook: Pick<AnyRunbook, 'id' | 'title' | 'causes'>, outcomes: readonly Outcome[]): Matrix {
  const tellable = Object.entries(runbook.causes).filter(([, { sight }]) => !sight);
  const causes = new Map(tellable.map(([id, { title }]) => [id, title]));
  const rows = [...causes.keys()].map((cause) =>
    rowOf(
      cause,
      outcomes.filter(({ truth }) => truth.is.includes(cause)),
    ),
  );
  const none = outcomes.filter(({ truth }) => truth.is.length === 0);
  const [unsettled, nothing] = [none.filter(isUnsettled), none.filter((one) => !isUnsettled(one))];
  const all = [...rows, rowOf('nothing', nothing), rowOf('unsettled', unsettled)].filter(({ cases }) => cases > 0);
  return { id: runbook.id, title: runbook.title, causes, rows: all, outcomes, totals: totalsOf(outcomes) };
}

function isUnsettled({ truth }: Outcome): boolean {
  return (truth.perhaps ?? []).length > 0;
}

function rowOf(cause: string, outcomes: readonly Outcome[]): Row {
  const confirmed = new Map<string, number>();
  for (const { named, wrong } of outcomes)
    for (const one of named.includes(cause) ? [cause] : wrong) confirmed.set(one, (confirmed.get(one) ?? 0) + 1);
  const isRuledOut = ({ truth, falselyRuledOut }: Outcome) =>
    truth.is.length === 0 ? falselyRuledOut.length > 0 : falselyRuledOut.includes(cause);
  const unnamed = outcomes.filter(({ named, wrong }) => !named.includes(cause) && wrong.length === 0);
  const open = unnamed.filter((one) => !isRuledOut(one));
  return {
    ...{ cause, cases: outcomes.length, confirmed, open: open.length },
    unseen: open.filter(({ truth }) => truth.unseen).length,
    ruledOut: outcomes.filter(isRuledOut).length,
  };
}

function totalsOf(outcomes: readonly Outcome[]): Totals {
  const sum = (count: (one: Outcome) => number) => outcomes.reduce((all, one) => all + count(one), 0);
  return {
    cases: outcomes.length,
    recorded: outcomes.filter(({ recorded }) => recorded).length,
    causes: sum(({ truth }) => truth.is.length),
    named: sum(({ named }) => named.length),
    open: sum(({ open }) => open.length),
    unseen: sum(({ open, truth }) => (truth.unseen ? open.length : 0)),
    wrong: sum(({ wrong }) => wrong.length),
    ruledOut: sum(({ falselyRuledOut }) => falselyRuledOut.length),
  };
}

/** `etcd-heartbeat/external-member-hangs: memberStuck is confirmed`, and so on: everything that should not be. */
export function faultsIn({ id, outcomes }: Pick<Matrix, 'id' | 'outcomes'>): readonly string[] {
  return outcomes.flatMap(({ name, wrong, falselyRuledOut }) => [
    ...wrong.map((cause) => `${id}/${name}: ${cause} is confirmed`),
    ...falselyRuledOut.map((cause) => `${id}/${name}: ${cause} is ruled out`),
  ]);
}
