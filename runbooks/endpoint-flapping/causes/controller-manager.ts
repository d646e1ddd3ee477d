import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';

import { gapsOf } from '../heartbeat.ts';
import { limits } from '../limits.ts';
import { type FlapCause, onceSilent } from '../signs.ts';
import { span } from '../words.ts';
import { clockJumped, clockOf } from './clock-jumped.ts';
import { areMany, othersWords } from './control-plane.ts';

/** H6. The heartbeats are there, and the controller manager does not see them: it is slow, or has lost its watch. */
export const controllerManager: FlapCause = {
  title: 'The controller manager misses heartbeats that are there',
  judge: onceSilent((silence, seen, _maybe, now) => {
    const gaps = gapsOf(seen.heartbeats);
    const grace = seen.manager?.graceSeconds;
    if (grace === undefined) return inconclusive('how long it waits for a heartbeat is not visible here');
    if (gaps === undefined) return inconclusive('the lease of the node is not exported by kube-state-metrics');
    const limit = `it waits ${span(grace)}`;
    if (gaps.longest >= grace) return ruledOut(`${gaps.words}, and ${limit}: late they were`);
    if (gaps.seen < limits.coverageShare)
      return inconclusive(`${gaps.words}, but it was not seen in all of the half hour`);
    if (gaps.atMost >= grace)
      return inconclusive(`${gaps.words}: between two scrapes it may have been older than the ${span(grace)} it waits`);
    if (!clockOf(seen, silence, now).right) {
      return inconclusive(
        `${gaps.words}, and ${limit}; but a clock that jumped looks the same: see "${clockJumped.title}"`,
      );
    }
    const { flapping, managerPass } = seen.fleet;
    const words = `${silence.words}, but ${gaps.words}, and ${limit}`;
    if (managerPass !== undefined && managerPass > limits.managerPassSeconds)
      return confirmed(`${words}. It takes ${span(managerPass)} to go through all nodes (p99, limit 5 s)`);
    const many = areMany(seen.fleet);
    if (many === undefined) return inconclusive(`${words}; whether other nodes show it could not be seen`);
    if (many) return confirmed(`${words}. ${othersWords(seen.fleet)} as well`);
    return inconclusive(
      flapping ? `${words}; ${othersWords(seen.fleet)}, too few to be its doing` : `${words}: no other node shows it`,
    );
  }),
  remedies: ['lookAtManager', 'keepGrace'],
};
