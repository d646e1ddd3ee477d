import { readFileSync } from 'node:fs';
import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { NODE, now } from './objects.ts';
import type { Reads } from './world.ts';
import { calm } from './worlds.ts';

interface Recorded {
  readonly now: string;
  readonly node: object;
  readonly lease: object;
  readonly events: readonly object[];
  readonly pods: readonly object[];
  readonly podEvents: readonly { readonly involvedObject: { readonly name: string } }[];
}

/** The recorded objects, as if they had been read now, of the node that the cases are about. */
function recorded(name: string): Recorded {
  const text = readFileSync(new URL(`../../recorded/pod-network/${name}.json`, import.meta.url), 'utf8');
  const later = now.getTime() - Date.parse((JSON.parse(text) as Recorded).now);
  const shifted = text.replaceAll(/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (time) =>
    new Date(Date.parse(time) + later).toISOString(),
  );
  return JSON.parse(shifted.replaceAll('rig-node-1', NODE));
}

/** That cluster had no agent of a known name: its pods got addresses from the bridge plug-in alone. */
const objectsOf =
  (name: string, waiting: readonly string[]) =>
  (reads: Reads): Reads => {
    const { node, lease, events, pods, podEvents } = recorded(name);
    const told = (key: string) => {
      if (key.startsWith('get Node ')) return node;
      if (key.startsWith('get Lease ')) return lease;
      if (key.startsWith('list Pod ')) return { items: pods };
      if (key.startsWith('list Event --namespace default')) return { items: events };
      return undefined;
    };
    const known = Object.entries(reads).map(([key, answer]) => {
      const body = told(key);
      return [key, body ? { body } : answer] as const;
    });
    const asked = Object.keys(reads).find((key) => key.startsWith('list Event --namespace default')) ?? '';
    const ofPods = waiting.map((pod) => [
      asked
        .replace('--namespace default', '--namespace shop')
        .replace('kind=Node', 'kind=Pod')
        .replace(`name=${NODE}`, `name=${pod}`)
        .replace('--limit 500', '--limit 100'),
      { body: { items: podEvents.filter(({ involvedObject }) => involvedObject.name === pod) } },
    ]);
    return Object.fromEntries([...known, ...ofPods]);
  };

const bare = { ...calm, agents: [], pods: [], sets: [], use: [] };
const open = [
  'agentMemory',
  'agentPids',
  'xtablesLock',
  'subnetMissing',
  'apiUnreached',
  'agentAbsent',
  'poolExhausted',
  'agentFails',
  'agentLimits',
];

/** Made on a real node. */
export const recordedCases: Record<string, Case> = {
  'recorded-configuration-missing': caseOf(
    'Recorded: the configuration was moved away 70 s ago. Running pods are well, although the kubelet says NetworkNotReady of them.',
    bare,
    { confirmed: ['pluginMissing'], inconclusive: open, recovered: 'ruled-out' },
    objectsOf('cni-missing', ['probe-direct']),
  ),
  'recorded-configuration-back': caseOf(
    'Recorded: it is back, and the runtime was restarted.',
    bare,
    { inconclusive: [...open, 'pluginMissing'], recovered: 'confirmed' },
    objectsOf('cni-missing-healed', []),
  ),
};
