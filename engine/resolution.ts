import type { NodeDirectory } from './directory.ts';
import type { Source } from './readers.ts';
import type { ReadRight } from './rights.ts';
import type { Target } from './target.ts';

/** Where the labels led, and how surely. */
export interface Resolution {
  readonly target: Target;
  readonly confidence: 'exact' | 'good' | 'fair' | 'none';
  /** For the card: which label was used, or why none would do. */
  readonly note: string;
}

/** Where lookups go. In a storm there is no `source`: the list of the nodes costs one read however many alerts ask. */
export interface Lookup {
  readonly nodes: NodeDirectory;
  readonly source?: Source;
  /** Whether a node of this name was looked at before. */
  readonly wasSeen?: (node: string) => Promise<boolean>;
}

export const resolveReads: readonly ReadRight[] = ['get Node', 'get Pod'];

/** A lookup may not hold up the first card: beyond this the labels are taken at their word, and the card says so. */
export const LOOKUP_LIMITS = { deadlineMs: 2_000, maxBytes: 1024 * 1024 };

export function theNode(name: string, confidence: Resolution['confidence'], note: string): Resolution {
  return { target: { kind: 'Node', name }, confidence, note };
}

export function unresolved(label: string, value: string, why: string): Resolution {
  return { target: { kind: 'Unresolved', label, value, why }, confidence: 'none', note: why };
}

/** As `unresolved`, when it was not asked for or the answer never came: it is looked up later. */
export function untried(label: string, value: string, why: string): Resolution {
  return { target: { kind: 'Unresolved', label, value, why, untried: true }, confidence: 'none', note: why };
}
