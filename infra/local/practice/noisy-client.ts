import { deedsOf, type Made } from './deeds.ts';
import type { Facts } from './facts.ts';

/** How much a client asks of the API server, and where it is put. In order of time. */
export interface Asking {
  readonly at: number;
  /** Requests a second, to all API servers together. */
  readonly perSecond: number;
  /** The FlowSchema and priority level it has for itself; absent: it shares those of all ServiceAccounts. */
  readonly isolatedIn?: string;
}

export interface NoisyClient {
  readonly user: string;
  readonly verb: string;
  readonly resource: string;
  readonly turns: readonly Asking[];
}

/** What one API server lets through a second: of the level that ServiceAccounts share, and of a small one. */
export const [SHARED_PER_SECOND, ISOLATED_PER_SECOND] = [60, 6];

export function askingAt({ noisyClient }: Facts, at: number): Asking | undefined {
  return noisyClient?.turns.findLast((turn) => turn.at <= at);
}

/** FlowSchemas that were made for this user and are still there, with when they came and went. */
export function isolationsOf(facts: Facts, user: string): readonly { name: string; from: number; until: number }[] {
  const made = deedsOf(facts).filter((deed): deed is Made => deed.did === 'create' && deed.about.kind === 'FlowSchema');
  return made
    .filter(({ object }) => JSON.stringify(object).includes(subjectText(user)))
    .map(({ about, at }) => {
      const removed = deedsOf(facts).find(
        (later) =>
          later.did === 'remove' &&
          later.about.kind === 'FlowSchema' &&
          later.about.name === about.name &&
          later.at > at,
      );
      return { name: about.name, from: at, until: removed?.at ?? Number.POSITIVE_INFINITY };
    });
}

/** A ServiceAccount as a FlowSchema names it. */
function subjectText(user: string): string {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user) ?? [];
  return `"serviceAccount":${JSON.stringify({ namespace, name })}`;
}
