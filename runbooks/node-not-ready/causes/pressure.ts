import type { Measure } from '../../../engine/measure.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import type { EventView } from '../../evidence/event.ts';
import { type PressureType, stormOf } from '../../evidence/evicted.ts';
import { conditionOf, pressureTypes } from '../../evidence/node.ts';
import { clockTime, plural, secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { LATELY_SECONDS, lastWord, type NodeCause, trusting } from '../signs.ts';
import { notUnder, past } from '../well.ts';

/** The condition follows the first eviction by up to one status sync of 10 s (measured: 0–12 s). */
const CONDITION_FOLLOWS_SECONDS = 60;

export const pressure: NodeCause = {
  title: 'The node is short of memory, disk or PIDs',
  present: true,
  judge: trusting((seen, maybe, { now }) => {
    const under = pressureTypes.flatMap((type) => {
      const condition = conditionOf(seen.node, type);
      return condition?.status === 'True' ? [condition] : [];
    });
    if (under.length > 0) {
      const words = under.map(({ type, message, lastTransitionTime: since }) => {
        return `${type}=True${since ? ` since ${clockTime(since)}` : ''} (${message})`;
      });
      const types = pressureTypes.filter((type) => under.some((condition) => condition.type === type));
      return confirmed([...words, ...aftermath(maybe, types, now), ...figures(maybe)].join('; '), titleOf(under));
    }
    const met = seen.events.findLast(({ reason }) => reason === 'EvictionThresholdMet');
    if (met) {
      const verdict = byThreshold(met, maybe, now);
      if (verdict) return verdict;
    }
    const word = lastWord(maybe, now);
    if (!word?.stands) return inconclusive(word?.words ?? 'the node has no Ready condition');
    const types = pressureTypes.filter((type) => conditionOf(seen.node, type)?.status === 'False');
    if (types.length < pressureTypes.length) return inconclusive('not all of its pressure conditions are set');
    return ruledOut(`${types.join(', ')} are False`);
  }),
  measure: room,
  remedies: ['freeResource', 'keepKubelet'],
};

const SHORT_OF: Readonly<Record<string, string>> = {
  MemoryPressure: 'memory',
  DiskPressure: 'disk',
  PIDPressure: 'PIDs',
};

function titleOf(under: readonly { readonly type: string }[]): string {
  return `The node is short of ${under.map(({ type }) => SHORT_OF[type] ?? type).join(' and ')}`;
}

/** Half of what room was left is gone too: more than a node at its limit loses and frees again by itself (judgement). */
const HALF = 2;

/** What is left of the memory or the disk it is short of. PIDs have no such figure. */
function room({ node }: Pick<Seen, 'node'>, { machine }: Maybe): Measure | undefined {
  const short = (type: string) => conditionOf(node, type)?.status === 'True';
  const [of, value] = short('MemoryPressure')
    ? ['memory available', machine?.memoryAvailableShare]
    : ['room on the fullest disk', machine?.diskAvailableShare];
  return value === undefined ? undefined : { of, value, unit: 'share', worseWhen: 'lower', clearlyWorse: HALF };
}

/** The condition comes after the event; one that is False since the event has gone again, or another took its place. */
function byThreshold({ message, lastSeen }: EventView, maybe: Maybe, now: Date): Verdict | undefined {
  const age = secondsSince(lastSeen, now);
  const good = notUnder(maybe, conditionNamedBy(message));
  const gone = good?.since !== undefined && Date.parse(good.since) >= Date.parse(lastSeen);
  const words = `${message} at ${clockTime(lastSeen)}`;
  const storm = aftermath(maybe, [conditionNamedBy(message)], now);
  if (gone) return age < LATELY_SECONDS ? past([words, ...storm].join('; '), good) : undefined;
  if (age >= CONDITION_FOLLOWS_SECONDS) return undefined;
  return confirmed(
    [`${words}; the condition follows within seconds`, ...storm].join('; '),
    titleOf([{ type: conditionNamedBy(message) }]),
  );
}

/** The event names what is short in the kubelet's words (pkg/kubelet/eviction/helpers.go, signalToResource). */
function conditionNamedBy(message: string): (typeof pressureTypes)[number] {
  if (/ memory\b/.test(message)) return 'MemoryPressure';
  return / pids\b/.test(message) ? 'PIDPressure' : 'DiskPressure'; // ephemeral-storage, inodes
}

/** What the pressure did to pods. None of them is its cause by that. */
function aftermath({ pods }: Maybe, types: readonly PressureType[], now: Date): string[] {
  return types.flatMap((type) => {
    const { victims, turnedAway, undated } = stormOf(pods?.evictions ?? [], type, now);
    const it = types.length > 1 ? (SHORT_OF[type] ?? type) : 'it';
    const storm = `${plural(victims, 'pod')} evicted to free ${it} and ${turnedAway} turned away at the door (one storm)`;
    return [
      ...(victims + turnedAway > 0 ? [`${storm}: none of them is the cause by that`] : []),
      ...(undated > 0 ? [`${plural(undated, 'pod')} more evicted for ${it}, nothing says when`] : []),
    ];
  });
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
