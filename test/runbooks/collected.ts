import { investigate } from '../../engine/investigate.ts';
import { type Collected, judged, maybeOf, measured, withSeen } from '../../engine/judge.ts';
import { type Case, caseClock, caseSource } from '../../engine/replay.ts';
import type { AnyRunbook, JudgeContext } from '../../engine/runbook.ts';
import type { Target } from '../../engine/target.ts';
import { inconclusive } from '../../engine/verdict.ts';

/** What a runbook sees in a case, ready to be judged again and again, with something changed. */
export interface Seen {
  readonly collected: Collected;
  readonly context: JudgeContext<Target>;
}

/** Reads a case once, and keeps every value that the schema accepted, before anything is masked; nobody asks for a report. */
export async function seenIn(runbook: AnyRunbook, one: Case): Promise<Seen> {
  const collected = new Map<string, unknown>();
  const evidence = Object.fromEntries(
    Object.entries(runbook.evidence).map(([id, item]) => [
      id,
      {
        ...item,
        schema: item.schema.transform((value) => void collected.set(id, value)),
        show: () => '',
      },
    ]),
  );
  const since = one.since === undefined ? undefined : new Date(one.since);
  const clock = caseClock(one);
  const recovered = () => inconclusive('nobody asks');
  const bare = { ...runbook, evidence, causes: {}, recovered, remedies: {}, manual: {} };
  const report = await investigate(bare, one.target, {
    ...{ source: caseSource(one), clock, cluster: one.cluster, since, alert: one.alert },
  });
  const failures = new Map(report.evidence.flatMap(({ id, failure }) => (failure ? [[id, failure] as const] : [])));
  return { collected, context: { target: one.target, now: clock.now(), since, failures } };
}

export type Verdicts = Readonly<Record<string, string>>;

/** Every cause's verdict, and `recovered`. */
export function verdictsOf({ causes, recovered }: AnyRunbook, { collected, context }: Seen): Verdicts {
  const judges = { ...Object.fromEntries(Object.entries(causes).map(([id, { judge }]) => [id, judge])), recovered };
  return Object.fromEntries(
    Object.entries(judges).map(([id, judge]) => [
      id,
      judged((seen, maybe) => judge(seen, maybe, context), collected, String).verdict,
    ]),
  );
}

/**
 * All that a run comes to: the verdicts with the figures a verification compares, the fixes with what they would change,
 * the steps by hand.
 */
export function adviceOf(runbook: AnyRunbook, seen: Seen): string {
  const { causes, remedies, manual } = runbook;
  const verdicts = verdictsOf(runbook, seen);
  const wanted = new Set(
    Object.entries(causes).flatMap(([id, { remedies: fixes = [], sight }]) =>
      verdicts[id] === (sight ? 'inconclusive' : 'confirmed') ? fixes : [],
    ),
  );
  const { collected, context } = seen;
  const chosen = <T>(all: Readonly<Record<string, T>>) => Object.entries(all).filter(([id]) => wanted.has(id));
  return JSON.stringify({
    verdicts,
    measures: Object.entries(causes).map(([id, { measure }]) => [
      id,
      measure && measured((all, maybe) => measure(all, maybe, context), collected),
    ]),
    remedies: chosen(remedies).map(([id, { propose, params, changes }]) => {
      const proposed = withSeen((all) => propose(all, context.target), collected, String);
      const fitting = params.safeParse(proposed);
      return [id, fitting.success ? changes(fitting.data) : proposed];
    }),
    manual: chosen(manual).map(([id, { steps }]) => [id, steps(maybeOf(collected), context.target)]),
  });
}
