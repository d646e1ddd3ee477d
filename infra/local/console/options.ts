import type { Clock } from '../../../engine/ports.ts';
import type { FaultPlan } from './faults.ts';
import type { RequestHandler } from './http.ts';
import type { Delivery } from './outbound.ts';
import type { Limits } from './rate-limits.ts';

/** A practice incident that the page offers in its sidebar. */
export interface Drill {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** One line of the composer's help: what may be typed, the part that stays to be filled in, and what it does. */
export interface CommandHint {
  /** Put into the composer when chosen: "/nightshift investigate ". */
  readonly text: string;
  /** "<runbook> <target>" */
  readonly usage?: string;
  readonly description: string;
}

/** What the console has to tell its operator. */
export type ConsoleLog = (event: string, details: Readonly<Record<string, unknown>>) => void;

export interface ConsoleOptions {
  /** SQLite file that keeps the channel over a restart; `:memory:` forgets it. */
  readonly file: string;
  /** The only bot token that the Web API accepts. */
  readonly botToken: string;
  readonly signingSecret: string;
  readonly channel: { readonly id: string; readonly name: string };
  /** Where signed clicks and commands go. Asked for each one, because the receiver may start after the console. */
  readonly sendTo: () => URL;
  readonly workspaceName?: string;
  /** Slash commands the workspace knows; others are refused as Slack refuses them. Default: `/nightshift`. */
  readonly commands?: readonly string[];
  readonly hints?: () => readonly CommandHint[];
  readonly drills?: () => readonly Drill[];
  readonly startDrill?: (id: string) => Promise<void>;
  /** Members of each user group, by id. Default: the practice approvers in theirs. */
  readonly userGroups?: Readonly<Record<string, readonly string[]>>;
  /** Scopes of the bot token. */
  readonly scopes?: readonly string[];
  /** Hosts besides the loopback ones under which the page may be opened. Naming one lets other machines connect. */
  readonly allowedHosts?: readonly string[];
  /** How long an app has to acknowledge a click, a command or a submission. Slack's figure, and the default, is 3,000. */
  readonly ackDeadlineMs?: number;
  readonly limits?: Partial<Limits>;
  readonly faults?: FaultPlan;
  readonly clock?: Clock;
  readonly log?: ConsoleLog;
}

export interface ConsoleServer {
  /** Base of the Web API for `slackApiUrl`, ending in a slash. */
  readonly apiUrl: string;
  /** Takes the requests for `/`, `/console` and below; `false` leaves the request to somebody else. */
  readonly handlePage: RequestHandler;
  /** Replaces the faults from now on; without a plan everything works again. */
  injectFaults(plan?: FaultPlan): void;
  /** Somebody joins or leaves a user group; without members it is disabled. */
  setUserGroup(id: string, members?: readonly string[]): void;
  /** Closes somebody's account. */
  deactivate(user: string): void;
  /** The latest signed requests and what became of them, oldest first. */
  deliveries(): readonly Delivery[];
  close(): Promise<void>;
}
