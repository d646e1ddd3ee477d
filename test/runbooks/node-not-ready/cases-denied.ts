import type { Case } from '../../../engine/replay.ts';
import { but, caseOf, lastWord, silence } from './case.ts';
import { denied, type World } from './compose.ts';
import { fellSilent, wellMachine } from './worlds.ts';

/** Failed scrapes of a kubelet that fell silent, and what of its calls was seen before that. */
export const failed = (seconds: number, more: Partial<World>): World => ({
  ...fellSilent,
  scrapes: { kubelet: { up: 0, seconds }, 'kubelet-cadvisor': { up: 0, seconds } },
  kubelet: {},
  ...more,
});
export const unanswered = { all: 900, refused: 0, unansweredPerSecond: 0.9 };
/** Of a kubelet that lives and of which more is not known. */
const alive = { inconclusive: ['unauthorized', 'cutOff', ...lastWord] };
const cutOff = { confirmed: ['cutOff'], inconclusive: ['unauthorized', ...lastWord] };
const noRoute = 'Get "https://10.123.0.1:10250/metrics": dial tcp 10.123.0.1:10250: connect: no route to host';

/**
 * A kubelet asks the API server who Prometheus is. Where it cannot any more, it answers 401 within milliseconds (the way
 * refuses) or after 10 s (the way swallows: too late for most scrapes), once its answers of two minutes have run out.
 */
export const shutOut: Record<string, Case> = {
  'cut-off-and-answers-401': caseOf(
    'Cut off: it answers Prometheus 401 after 4 ms, and before that its calls got no answer.',
    failed(0.004, { ended: denied, apiCalls: unanswered }),
    cutOff,
  ),
  'cut-off-and-silent': caseOf(
    'Cut off: it has not answered Prometheus within 10 s, and before that its calls got no answer.',
    failed(10, { apiCalls: unanswered }),
    { inconclusive: ['kubeletStuck', 'cutOff', ...lastWord] },
  ),
  'silent-and-its-calls-unseen': caseOf(
    'It does not answer Prometheus within 10 s; whether its calls got answers before was not counted.',
    failed(10, { apiCalls: { all: 900 } }),
    { inconclusive: ['kubeletStuck', 'cutOff', ...lastWord] },
  ),
  'answers-401-and-its-calls-unseen': caseOf(
    'It answers Prometheus 401; how the API server answered it was not seen.',
    failed(0.004, { ended: denied, apiCalls: {} }),
    alive,
  ),
  'answers-401-and-was-answered': caseOf(
    'It answers Prometheus 401; all its calls were answered when they were last seen.',
    failed(0.004, { ended: denied }),
    alive,
  ),
  'answers-401-and-was-answered-so': caseOf(
    'It answers Prometheus 401, and so did the API server answer its calls; some got no answer.',
    failed(0.004, { ended: denied, apiCalls: { ...unanswered, refused: 12 } }),
    alive,
  ),
  'answers-401-late-on-a-quiet-disk': caseOf(
    'Cut off: it answers Prometheus 401 after 10 s; its disk is quiet.',
    failed(10.02, { ended: denied, apiCalls: unanswered, machine: { ...wellMachine, ioStalledShare: 0.1 } }),
    cutOff,
  ),
  'answers-401-late-on-a-busy-disk': caseOf(
    'It answers Prometheus 401 after 10 s, and its tasks wait for the disk half of the time.',
    failed(10.02, { ended: denied, apiCalls: unanswered, machine: { ...wellMachine, ioStalledShare: 0.5 } }),
    alive,
  ),
  'refused-and-no-targets-told': caseOf(
    'Its port refuses, over a slow way, after 200 ms, and Prometheus does not tell what its scrapes ended with.',
    failed(0.2, { ended: null }),
    { inconclusive: [...but(silence, 'machineDown', 'clockJumped'), ...lastWord] },
  ),
  'no-route-at-once': caseOf(
    'Its scrape ends at once, for there is no route to its address.',
    failed(0.004, { ended: noRoute }),
    { inconclusive: [...but(silence, 'machineDown', 'clockJumped'), ...lastWord] },
  ),
};
