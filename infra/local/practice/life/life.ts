import type { BrokenPart } from '../broken-part.ts';
import type { NodeFacts } from '../facts.ts';
import type { Workload } from '../workloads.ts';
import type { Revision } from './revisions.ts';

/** One pod from its making to its end. Moments are Unix seconds; what has not come to pass is absent. */
export interface Life {
  readonly workload: Workload;
  readonly name: string;
  readonly revision: Revision;
  /** Which of all pods of its workload; the first ones have none. Tells pods of one name apart. */
  readonly serial?: number;
  readonly createdAt: number;
  /** The node it was made for, as a DaemonSet does. */
  readonly meantFor?: NodeFacts;
  readonly node?: NodeFacts;
  readonly address?: string;
  readonly boundAt?: number;
  readonly readyAt?: number;
  /** Marked for deletion. `node`: the node fell silent or was tainted; `controller`: it was one too many, or outdated. */
  readonly markedAt?: number;
  readonly markedBy?: 'node' | 'request' | 'controller';
  readonly goneAt?: number;
  /** Of a static pod: it does not start. */
  readonly broken?: BrokenPart;
}

/** While the controllers are at work on it. */
export type LiveLife = { -readonly [Field in keyof Life]: Life[Field] };

/** From the beginning: before it was made nobody asked. */
export function existsAt({ serial, createdAt, goneAt = Number.POSITIVE_INFINITY }: Life, at: number): boolean {
  return at < goneAt && (serial === undefined || at >= createdAt);
}

/** Counts towards the replicas of its controller. */
export function isActive({ markedAt }: Life): boolean {
  return markedAt === undefined;
}

export function isReadyAt({ readyAt = Number.POSITIVE_INFINITY }: Life, at: number): boolean {
  return at >= readyAt;
}
