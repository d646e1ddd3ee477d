import { agentAbsent } from './agent-absent.ts';
import { agentFails } from './agent-fails.ts';
import { agentLimits } from './agent-limits.ts';
import { agentMemory } from './agent-memory.ts';
import { agentPids } from './agent-pids.ts';
import { apiUnreached } from './api-unreached.ts';
import { pluginMissing } from './plugin-missing.ts';
import { poolExhausted } from './pool-exhausted.ts';
import { proxyUnscraped } from './proxy-unscraped.ts';
import { subnetMissing } from './subnet-missing.ts';
import { xtablesLock } from './xtables-lock.ts';

/** First why an agent does not run, then what it lacks, then what only looks so. */
export const causes = {
  agentMemory,
  agentPids,
  xtablesLock,
  subnetMissing,
  apiUnreached,
  agentAbsent,
  pluginMissing,
  poolExhausted,
  agentFails,
  agentLimits,
  proxyUnscraped,
};
