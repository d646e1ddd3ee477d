import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { plural } from '../../evidence/node-words.ts';
import { type Agent, agentWords, nameOf } from '../agents.ts';
import type { Complaint } from '../complaints.ts';
import type { Seen } from '../evidence.ts';
import { hasNoImage } from '../logs.ts';
import { isLastOf, latelyIn, type NetworkCause, ofLiveKubelet, signsOf, signWords, unwellOf } from '../signs.ts';
import { listed } from '../words.ts';
import { agentMemory } from './agent-memory.ts';
import { agentPids } from './agent-pids.ts';
import { apiUnreached } from './api-unreached.ts';
import { subnetMissing } from './subnet-missing.ts';
import { xtablesLock } from './xtables-lock.ts';

/** Why an agent may fail, by what is known of it; and the words that it then ends with. */
const known = [
  { cause: agentMemory, ends: [] },
  { cause: agentPids, ends: ['fork'] },
  { cause: xtablesLock, ends: ['lock'] },
  { cause: subnetMissing, ends: ['noSubnet', 'otherSubnet'] },
  { cause: apiUnreached, ends: ['noApi'] },
] as const;

/** It is left only when all that is known is excluded: an error of its own, with its last words. */
export const agentFails: NetworkCause = {
  title: 'A network agent fails by an error of its own',
  present: true,
  judge: (seen, maybe, context) =>
    ofLiveKubelet((_seen, _maybe, now) => {
      const unwell = unwellOf(seen, now);
      if (unwell.length === 0) return whereReady(seen, now);
      const words = unwell.map(agentWords).join('; ');
      const noImage = unwell.filter((agent) => agent.containers.some(hasNoImage));
      if (noImage.length > 0) return confirmed(`${words}. Without its image it never ran${lastWordsOf(seen, noImage)}`);
      const judged = known.map(({ cause, ends }) => ({
        ends,
        title: cause.title,
        ...cause.judge(seen, maybe, context),
      }));
      const why = judged.filter(({ verdict }) => verdict === 'confirmed');
      const left = unwell.filter((agent) => !why.some((one) => explains(one, agent, seen, now)));
      if (left.length === 0) return ruledOut(`${words}. It is explained: ${why.map(({ title }) => title).join('; ')}`);
      const peers = left.map((agent) => peersOf(agent, seen));
      if (peers.every((one) => one !== undefined))
        return inconclusive(
          `${words}${lastWordsOf(seen, left)}. Whether ${listed(peers)} cannot be reached, or it fails itself, is not told`,
        );
      const open = judged.find(({ verdict }) => verdict === 'inconclusive');
      const last = lastWordsOf(seen, left);
      if (open) return inconclusive(`${words}${last}. Still open: ${open.title}`);
      const [first] = why;
      if (first) return inconclusive(`${words}${last}. Whether all of it comes of "${first.title}" is not told`);
      return confirmed(`${words}${last}`);
    })(seen, maybe, context),
  remedies: ['remakeAgent', 'restartAgents', 'cordon', 'readAgent', 'keepNetwork'],
};

interface Why {
  readonly ends: readonly Complaint['kind'][];
  readonly reason: string;
}

/** A cause that names the agent, which ended with its words: not one that the agent has got over since. */
function explains({ ends, reason }: Why, agent: Agent, seen: Seen, now: Date): boolean {
  if (!reason.includes(nameOf(agent))) return false;
  return ends.length === 0 || latelyIn(signsOf(seen, ends), now).some(isLastOf(agent));
}

/** calico/node counts as not ready where one of the machines that it talks BGP with is away: that is no error of its own. */
const PEERS = /BGP not established with ([\d.:a-f]+(?:, ?[\d.:a-f]+)*)/i;

/** Those that it waits for, by their addresses, if that is all that is wrong with it. */
function peersOf(agent: Agent, { said }: Seen): string | undefined {
  const runs = agent.containers.every(({ isInit, state }) => isInit || state === 'running');
  const line = said.said.findLast(({ kind, pod }) => kind === 'probe' && pod === nameOf(agent))?.line;
  return runs && line ? PEERS.exec(line)?.[1] : undefined;
}

/** All are ready; still a plug-in may not get at its agent, or say what nobody here knows. */
function whereReady(seen: Seen, now: Date) {
  const { agents } = seen.agents;
  const last = latelyIn(signsOf(seen, ['noAgent', 'noImage', 'noAnswer', 'probe', 'other']), now).at(-1);
  if (last?.kind === 'noImage')
    return inconclusive(
      `${signWords(last)}: that is the way to the registry, or the name of the image; all agents are ready`,
    );
  if (last) return inconclusive(`${signWords(last)}; its agent counts as ready`);
  if (agents.length === 0) return inconclusive('no pod of the network of a known name is here');
  const young = agents.find(({ ready }) => !ready);
  if (young)
    return inconclusive(
      `${nameOf(young)} has only just begun, is being ended, or has not been ready for a moment only`,
    );
  return ruledOut(`${plural(agents.length, 'pod')} of the network ready: ${agents.map(nameOf).join(', ')}`);
}

/** What its probe says, or else what it wrote last. */
function lastWordsOf({ logs, said }: Seen, unwell: readonly Agent[]): string {
  const probe = said.said.findLast(
    ({ kind, pod }) =>
      ['probe', 'other', 'noImage', 'noAnswer'].includes(kind) && unwell.some((agent) => nameOf(agent) === pod),
  );
  if (probe) return `. Of it the kubelet said: ${probe.line}`;
  const log = logs.logs.find(({ pod }) => unwell.some((agent) => nameOf(agent) === pod));
  return log?.last ? `. Its last words: ${log.last}` : '';
}
