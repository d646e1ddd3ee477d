import type { Writer } from '../action.ts';
import type { People } from '../people.ts';
import type { Chat } from '../ports.ts';
import type { Cluster, Desk } from '../triage.ts';
import type { Limits } from './limits.ts';
import type { PolicyRule } from './policy.ts';

/** Who may and how much: read anew each time, so that a change of the file holds for open requests at once. */
export interface Rules {
  readonly policy: readonly PolicyRule[];
  readonly limits: Limits;
  /** Why nobody may do anything here, whatever the policy says; then the policy is empty. */
  readonly nobody?: string;
}

/** What it takes to act: the desk, and beside it the only thing that can write to a cluster. */
export interface Acting extends Desk {
  /** Throws `Refused` with what is wrong when the configuration cannot be read: then nobody may do anything. */
  rules(): Promise<Rules>;
  readonly people: People;
  readonly chat: Pick<Chat, 'showPlan' | 'whisper'>;
  /** By cluster name. A cluster without one can be looked at, not changed. */
  readonly writers: ReadonlyMap<string, Writer>;
  /** By cluster name: why one cannot be looked at or changed for now. What was approved there waits. */
  readonly unusable?: ReadonlyMap<string, string>;
  /** Aborted: no further request is begun here. A plan pauses where it is, and whoever gets its message next goes on. */
  readonly stopping?: AbortSignal;
  /** How to let a moment pass between two looks; absent: by the clock on the wall. */
  readonly pause?: (ms: number) => Promise<void>;
  /** Opaque and unguessable. */
  newId(): string;
}

export function clusterOf(acting: Pick<Acting, 'clusters'>, name: string): Cluster | undefined {
  return acting.clusters.find((cluster) => cluster.name === name);
}
