import type { Facts } from './facts.ts';

/** A practice incident: what happens to the quiet cluster, the alert that comes of it, and the right diagnosis. */
export interface World {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** The runbook its alert belongs to, the target it is about, and the causes that runbook must confirm. */
  readonly runbook: string;
  readonly target: string;
  readonly expect: readonly string[];
  /** Seconds before now that the trouble began when the world starts: long enough for an alert to have fired. */
  readonly beganSecondsAgo: number;
  trouble(quiet: Facts, beganAt: number): Facts;
  alert(facts: Facts): WorldAlert;
  /** Paths and PromQL whose answers come late when the world is played for people, with the delay in milliseconds. */
  readonly slow?: readonly { readonly asks: RegExp; readonly delayMs: number }[];
}

export interface WorldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly expr: string;
  /** From the beginning of the trouble until the alert's condition held. */
  readonly afterSeconds: number;
}
