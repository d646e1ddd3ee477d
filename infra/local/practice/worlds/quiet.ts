import type { World } from '../world.ts';
import { nodeAlert } from './node-alert.ts';

/** An alert with nothing behind it: the honest answer is "all ruled out". */
export const quiet: World = {
  id: 'quiet',
  title: 'A false alarm',
  description: 'An alert comes although nothing is wrong',
  runbook: 'node-not-ready',
  target: 'node/worker-3',
  expect: [],
  beganSecondsAgo: 180,
  trouble: (facts) => facts,
  alert: () => nodeAlert('worker-3'),
};
