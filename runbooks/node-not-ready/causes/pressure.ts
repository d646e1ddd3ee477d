import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { conditionOf, pressureTypes } from '../../evidence/node.ts';
import { clockTime, plural, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { lastWord, type NodeCause, trusting } from '../signs.ts';

/** The condition follows the first eviction by up to one status sync of 10 s (measured: 0–12 s). */
const CONDITION_FOLLOWS_SECONDS = 60;

export const pressure: NodeCause = {
  title: 'The node is short of memory, disk or PIDs',
  judge: trusting((seen, maybe, { now }) => {
    const under = pressureTypes.flatMap((type) => {
      const condition = conditionOf(seen.node, type);
      return condition?.status === 'True' ? [condition] : [];
    });
    if (under.length > 0) {
      const words = under.map(({ type, message, lastTransitionTime: since }) => {
        return `${type}=True${since ? ` since ${clockTime(since)}` : ''} (${message})`;
      });
      return confirmed([...words, ...aftermath(maybe), ...figures(maybe)].join('; '));
    }
    const met = maybe.events?.findLast(({ reason }) => reason === 'EvictionThresholdMet');
    if (met && secondsSince(met.lastSeen, now) < CONDITION_FOLLOWS_SECONDS) {
      const words = `${met.message} at ${clockTime(met.lastSeen)}; the condition follows within seconds`;
      return confirmed([words, ...aftermath(maybe), ...figures(maybe)].join('; '));
    }
    const word = lastWord(maybe, now);
    if (!word?.stands) return inconclusive(word?.words ?? 'the node has no Ready condition');
    const types = pressureTypes.filter((type) => conditionOf(seen.node, type)?.status === 'False');
    if (types.length < pressureTypes.length) return inconclusive('not all of its pressure conditions are set');
    return ruledOut(`${types.join(', ')} are False`);
  }),
  remedies: ['freeResource', 'keepKubelet'],
};

/** What the pressure did to pods. None of them is its cause by that. */
function aftermath({ pods }: Maybe): string[] {
  if (!pods || pods.victims + pods.turnedAway === 0) return [];
  return [
    `${plural(pods.victims, 'pod')} evicted to free it and ${pods.turnedAway} turned away at the door (one storm): none of them is the cause by that`,
  ];
}

/** DiskPressure compares with a configured limit: the disk need not be full. */
function figures({ machine, node }: Maybe): string[] {
  const share = (type: string, what: string, value: number | undefined) =>
    value !== undefined && node && conditionOf(node, type)?.status === 'True'
      ? [`${Math.round(value * 100)} % of ${what} is available`]
      : [];
  return [
    ...share('MemoryPressure', 'memory', machine?.memoryAvailableShare),
    ...share('DiskPressure', 'the fullest disk', machine?.diskAvailableShare),
  ];
}
