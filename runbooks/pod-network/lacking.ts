import { type NetworkSet, placeOf } from './daemon-sets.ts';
import type { Seen } from './evidence.ts';
import { pluginAgents } from './signs.ts';

/** DaemonSets of the network that should have a pod here and have none, the likeliest first. */
export function lackingIn(seen: Pick<Seen, 'agents' | 'daemonSets' | 'placing'>) {
  const here = seen.agents.agents;
  const hasPlugin = pluginAgents(seen).length > 0;
  const order = ['barred', 'free', 'unclear', 'meant elsewhere'];
  return seen.daemonSets
    .filter(({ app, desired }) => desired > 0 && !here.some((agent) => agent.app === app))
    .map((set) => ({ set, place: placeOf(set, seen.placing) }))
    .filter(({ set, place }) => place.is !== 'meant elsewhere' && !isSpare(set, place.is, hasPlugin))
    .toSorted((a, b) => order.indexOf(a.place.is) - order.indexOf(b.place.is));
}

/** Where a plug-in runs already, one that is kept away is kept away on purpose. */
function isSpare({ app }: NetworkSet, is: string, hasPlugin: boolean): boolean {
  return hasPlugin && app !== 'kube-proxy' && is !== 'free';
}
