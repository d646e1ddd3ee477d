import { apiRefused, apiUnreachable } from './api.ts';
import { nodeSilent, notStarted, scaledToZero, serviceAstray } from './around.ts';
import { configRefused, livenessFails, loop, outOfMemory } from './ends.ts';
import { conntrackFull, cpuThrottled, searchPaths } from './load.ts';
import { nodeNetwork, policyForbids } from './network.ts';
import { panics } from './panics.ts';
import { upstreamFails, upstreamSlow } from './upstream.ts';

/** First why it is not there, then why it does not answer, then why it answers late. */
export const causes = {
  scaledToZero,
  notStarted,
  loop,
  configRefused,
  outOfMemory,
  livenessFails,
  nodeSilent,
  serviceAstray,
  policyForbids,
  apiRefused,
  nodeNetwork,
  apiUnreachable,
  upstreamFails,
  upstreamSlow,
  cpuThrottled,
  searchPaths,
  conntrackFull,
  panics,
};
