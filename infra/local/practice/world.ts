import type { Facts } from './facts.ts';

/** A practice incident: what happens to the quiet cluster, the alerts that come of it, and the right diagnosis. */
export interface World {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The runbook its alerts belong to, the target they are about, and the causes that runbook must confirm. */
  readonly runbook: string;
  readonly target: string;
  readonly expect: readonly string[];
  /** Evidence of that runbook that cannot be read while it lasts. Absent: all can. */
  readonly gaps?: readonly string[];
  /** Seconds before now that the trouble began when the world starts: long enough for an alert to have fired. */
  readonly beganSecondsAgo: number;
  trouble(quiet: Facts, beganAt: number): Facts;
  /**
   * What becomes of the trouble by what was done through the API (`facts.deeds`) and by hand (`facts.mendedAt`). Asked
   * after each of them, of the same trouble again. Pods and nodes follow by themselves; without it the trouble stays.
   */
  react?(facts: Facts): Facts;
  /** What a person would mend on the machines, in the imperative. Absent: there is nothing of that kind. */
  readonly byHand?: string;
  /** The runbook's manual fix that stands for it: whoever says they did that is believed. */
  readonly byHandFix?: string;
  /** What Alertmanager sends in one message: a group, as the default `group_by: [namespace]` makes it. */
  alerts(facts: Facts): readonly WorldAlert[];
  /** Paths and PromQL whose answers come late when the world is played for people, with the delay in milliseconds. */
  readonly slow?: readonly { readonly asks: RegExp; readonly delayMs: number }[];
}

export interface WorldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly expr: string;
  /** From the beginning of the trouble until Prometheus fired the alert. */
  readonly afterSeconds: number;
}
