import { WriteFailure } from '../../engine/action.ts';
import { ReadFailure } from '../../engine/errors.ts';
import type { Deed } from '../../infra/kubernetes/self.ts';
import type { OpenCluster } from '../clusters.ts';
import { ConfigError } from '../config/error.ts';
import type { House } from './house.ts';

const LOOK_MS = 5_000;

/** What only somebody who changes clusters does, and no reader may. */
const changes: readonly Deed[] = [
  { verb: 'patch', group: '', resource: 'nodes' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
];

/**
 * Whether each cluster answers to the credentials for it, and whether these are the ones that are meant: a swapped secret is
 * found by day. Throws `ConfigError` with all that is wrong, and what to do.
 */
export async function lookAtClusters(house: House, clusters: readonly OpenCluster[]): Promise<void> {
  const complaints = (await Promise.all(clusters.map((one) => complaintsOf(house, one)))).flat();
  if (complaints.length > 0) throw new ConfigError(complaints.join('\n'));
}

async function complaintsOf({ name: ours, config, log }: House, open: OpenCluster): Promise<readonly string[]> {
  const { cluster, unusable, reader, fixer, compare } = open;
  const where = `clusters.${cluster.name}`;
  if (unusable !== undefined) return [unusable.includes(where) ? unusable : `${where}: ${unusable}`];
  try {
    // An API server refuses a wrong token here, too, where it would let through whoever has none.
    await cluster.source.read({ verb: 'probe', path: '/version' }, { deadlineMs: LOOK_MS, maxBytes: 64 * 1024 });
    if (fixer) {
      const [looks, acts] = await Promise.all([reader?.name(LOOK_MS), fixer.name(LOOK_MS)]);
      if (acts !== undefined && acts === looks)
        return [
          `${where}: what looks and what changes are the same identity, ${acts}: put the reader's credentials into ${where}.kubernetes and the fixer's into ${where}.fixer`,
        ];
      // As right before the first write: what would stop it then is told by day.
      await compare?.({ deadlineMs: LOOK_MS });
      return [];
    }
    const isChangedByOthers = config.clusters.some(({ name, fixer: other }) => name === cluster.name && other);
    const can = isChangedByOthers ? await Promise.all(changes.map((deed) => reader?.may(deed, LOOK_MS))) : [];
    const deed = changes[can.indexOf(true)];
    return deed
      ? [
          `${where}.kubernetes: these credentials may ${deed.verb} ${deed.resource}${deed.subresource ? `/${deed.subresource}` : ''}, and the function ${ours} only looks: do they hold the fixer's? Give it credentials bound to the rules that nightshift manifests rbac prints for the reader`,
        ]
      : [];
  } catch (failure) {
    if (failure instanceof WriteFailure) return [`${where}.fixer can change nothing: ${wordsOf(failure)}`];
    if (!(failure instanceof ReadFailure)) throw failure;
    log.info({ cluster: cluster.name, kind: failure.kind }, 'a cluster did not answer to the check');
    return [`${where} cannot be reached with its credentials: ${wordsOf(failure)}`];
  }
}

function wordsOf({ message, remedy }: ReadFailure | WriteFailure): string {
  return remedy === undefined ? message : `${message}. ${remedy}`;
}
