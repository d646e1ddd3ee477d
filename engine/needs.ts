import { type Verb, type WorkloadKind, workloadKinds } from './change.ts';
import { changeRules, rightsOf } from './changes/catalog.ts';
import type { Right } from './changes/rules.ts';
import { directoryReads } from './directory.ts';
import { resolveReads } from './resolution.ts';
import type { ReadRight } from './rights.ts';
import type { AnyRunbook } from './runbook.ts';

/** A right, and what it is for in words. */
export interface Need {
  readonly right: ReadRight | Right;
  readonly purpose: string;
}

export interface Needs {
  /** Of whoever looks: diagnoses, plans, verifies. */
  readonly reader: readonly Need[];
  /** Of whoever changes, after an approval; empty when no runbook has a fix the API can make. */
  readonly fixer: readonly Need[];
}

/**
 * All that is asked of a cluster with these runbooks, and nothing else. `kubelets`: they may be asked themselves, as far as
 * it is configured; else nobody is given a right that nobody could use.
 */
export function needsOf(runbooks: readonly AnyRunbook[], { kubelets = false } = {}): Needs {
  const fixes = runbooks.flatMap(({ id, remedies }) =>
    Object.values(remedies).map(({ title, verbs, workloads }) => ({
      purpose: `${id}: ${title}`,
      verbs: withInverse(verbs),
      workloads,
    })),
  );
  const looks = runbooks.flatMap(({ id, evidence }) =>
    Object.values(evidence).flatMap(({ title, reads = [] }) =>
      needed(kubelets ? reads : reads.filter(isNotOfKubelet), `${id}: ${title}`),
    ),
  );
  return {
    reader: [
      ...needed(directoryReads, 'which node an address of an alert means'),
      ...needed(resolveReads, 'which node the pod of an alert runs on'),
      ...looks,
      ...fixes.flatMap(({ purpose, verbs, workloads }) => needed(readsToAct(verbs, workloads), `before ${purpose}`)),
    ],
    fixer: [
      ...(fixes.length > 0
        ? needed(['get Namespace in kube-system'], 'to change the very cluster that was looked at')
        : []),
      ...fixes.flatMap(({ purpose, verbs, workloads }) => needed(rightsOf(verbs, workloads).writes, purpose)),
    ],
  };
}

function isNotOfKubelet(right: ReadRight): boolean {
  return !right.startsWith('kubelet ');
}

function needed(rights: readonly (ReadRight | Right)[], purpose: string): Need[] {
  return rights.map((right) => ({ right, purpose }));
}

/** To work out a change, to check the interlocks of engine/acting, and to look what became of a write in doubt. */
function readsToAct(verbs: readonly Verb[], workloads?: readonly WorkloadKind[]): readonly (ReadRight | Right)[] {
  return [
    'get Namespace in kube-system',
    ...verbs.flatMap((verb) => interlockReads(verb, workloads)),
    ...rightsOf(verbs, workloads).reads,
  ];
}

/**
 * Enough healthy nodes in the pool, the control plane's quorum, not the last replica. `kinds`: whose pods a fix is about,
 * where it says so.
 */
function interlockReads(verb: Verb, kinds: readonly WorkloadKind[] = workloadKinds): readonly ReadRight[] {
  switch (verb) {
    case 'cordon':
      // Of a pool that no label names its pods tell.
      return ['get Node', 'list Node', 'list Pod'];
    case 'drain':
    case 'taint':
      return ['get Node', 'list Node', 'list Pod', whoReplaces];
    case 'evict':
    case 'delete-pod':
      // How many of its pods are ready, and afterwards whether another is in its place.
      return ['get Pod', 'list Pod', whoReplaces];
    case 'restart':
    case 'undo':
    case 'set-resources':
      return [whoReplaces];
    case 'scale':
      // Which of its pods it keeps.
      return kinds.includes('StatefulSet') ? ['list Pod'] : [];
    default:
      return [];
  }
}

/** Whether somebody does: `starts-again.ts`. */
const whoReplaces = 'get Lease in kube-system';

/** What takes a change back may be another one, and the button that undoes it needs its rights as well. */
export function withInverse(verbs: readonly Verb[]): readonly Verb[] {
  return [...new Set(verbs.flatMap((verb) => [verb, ...changeRules[verb].undoneBy]))];
}
