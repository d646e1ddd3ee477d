import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { wellKubelet } from './worlds.ts';
import { saying } from './worlds-changed.ts';

/** What a kubelet says before it has heard of its runtime (kubelet, `runtime.go` and `pleg/generic.go`). */
const young =
  '[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]';

/** Told by the words of a live kubelet alone, all its figures as in health. */
export const words: Record<string, Case> = {
  'kubelet-just-started': caseOf(
    'A kubelet that has just been started: it has not relisted yet, nor heard of its runtime.',
    { ...saying(young), kubelet: { ...wellKubelet, restarts: 1 } },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'ruled-out' },
  ),
};
