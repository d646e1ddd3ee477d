import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { clockTime, plural, secondsSince } from '../../evidence/node-words.ts';
import { type Agent, type AgentContainer, nameOf } from '../agents.ts';
import type { Seen } from '../evidence.ts';
import { limits } from '../limits.ts';
import { type NetworkCause, named, ofLiveKubelet } from '../signs.ts';
import { listed } from '../words.ts';

interface Killed {
  readonly agent: Agent;
  readonly container: AgentContainer;
}

/** The kernel ends what goes over its memory limit. New pods wait while the agent is away, the others go on. */
export const agentMemory: NetworkCause = {
  title: 'A network agent is ended for its memory',
  present: true,
  judge: ofLiveKubelet((seen, _maybe, now) => {
    const all = endsIn(seen);
    const killed = all.filter(({ container }) => container.ended?.reason === 'OOMKilled');
    const current = killedIn(seen, now);
    if (current.length > 0) return confirmed(listed(current.map(killedWords)));
    if (seen.agents.agents.length === 0) return inconclusive('no pod of the network of a known name is here');
    // 128 + 9: SIGKILL. By the kernel for its memory, or by the kubelet after a probe failed and it did not end in time.
    const unsure = all.find(
      (one) => one.container.ended?.exitCode === 137 && !killed.includes(one) && isOfNow(one, now),
    );
    if (unsure)
      return inconclusive(
        `${nameOf(unsure.agent)}: ${unsure.container.name} was ended with SIGKILL, by whom is not told`,
      );
    const [past] = killed;
    const ready = `no container of ${named(seen.agents.agents)} was ended for its memory`;
    return ruledOut(past ? `${killedWords(past)}; it runs since ${startWords(past)}` : ready);
  }),
  remedies: ['raiseMemory', 'cordon', 'giveMemory', 'keepNetwork'],
};

function endsIn({ agents }: Pick<Seen, 'agents'>): readonly Killed[] {
  return agents.agents.flatMap((agent) => agent.containers.map((container) => ({ agent, container })));
}

/** What of the agents is being ended for its memory. */
export function killedIn(seen: Pick<Seen, 'agents'>, now: Date): readonly Killed[] {
  return endsIn(seen).filter((one) => one.container.ended?.reason === 'OOMKilled' && isOfNow(one, now));
}

/** Not if it has run since, for longer than a kubelet waits between two attempts. */
function isOfNow({ container: { state, ended, startedAt } }: Killed, now: Date): boolean {
  const at = startedAt ?? ended?.at;
  return state !== 'running' || at === undefined || secondsSince(at, now) < limits.quietMinutes * 60;
}

function killedWords({ agent, container: { name, memoryLimit, restarts, ended, state } }: Killed): string {
  const at = ended?.at === undefined ? '' : ` at ${clockTime(ended.at)}`;
  const limit = memoryLimit === undefined ? 'it has no limit: the machine ran out' : `its limit is ${memoryLimit}`;
  return `the kernel ended ${name} of ${nameOf(agent)}${at} for its memory (${limit}; ${plural(restarts, 'restart')}, now ${state})`;
}

function startWords({ container: { startedAt } }: Killed): string {
  return startedAt === undefined ? 'then' : clockTime(startedAt);
}
