import type { World } from '../world.ts';
import { notReady } from './node-alert.ts';

const NODE = 'worker-2';

/** An alert with nothing behind it: the honest answer is "all ruled out". */
export const quiet: World = {
  id: 'quiet',
  title: 'A false alarm',
  description: `An alert comes although nothing is wrong with ${NODE}`,
  runbook: 'node-not-ready',
  target: `node/${NODE}`,
  expect: [],
  beganSecondsAgo: 180,
  trouble: (facts) => facts,
  alerts: (facts) => [notReady(facts, NODE)],
};
