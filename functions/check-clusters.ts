import { WriteFailure } from '../engine/action.ts';
import { ReadFailure } from '../engine/errors.ts';
import type { ReadRequest } from '../engine/readers.ts';
import type { Deed } from '../infra/kubernetes/self.ts';
import type { OpenCluster } from './clusters.ts';
import type { Config } from './config/schema.ts';

const LOOK_MS = 5_000;
const limits = { deadlineMs: LOOK_MS, maxBytes: 64 * 1024 } as const;
/** Needs no series: it is answered by a Prometheus that has just started. Whether it takes anything in is looked at beside it. */
const anything: ReadRequest = { verb: 'query', promql: 'vector(1)' };

/** What only somebody who changes clusters does, and no reader may. */
const changes: readonly Deed[] = [
  { verb: 'patch', group: '', resource: 'nodes' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'eviction' },
];

/** The process that looks. */
export interface Looker {
  readonly name: string;
  /** Also what others of the same configuration do, if it is a function among several. */
  readonly config: Pick<Config, 'clusters'>;
  readonly log: { info(fields: Readonly<Record<string, unknown>>, message: string): void };
}

/**
 * Whether each cluster, and its Prometheus, answers to the credentials for it, and whether these are the ones that are
 * meant: a swapped secret is found by day. All that is wrong, with what to do.
 */
export async function complaintsOf(looker: Looker, clusters: readonly OpenCluster[]): Promise<readonly string[]> {
  const complaints = clusters.map(async (one) => {
    const both = await Promise.all([complaintsOfKubernetes(looker, one), complaintsOfPrometheus(looker, one)]);
    return both.flat();
  });
  return (await Promise.all(complaints)).flat();
}

async function complaintsOfKubernetes(
  { name: ours, config, log }: Looker,
  open: OpenCluster,
): Promise<readonly string[]> {
  const { cluster, unusable, reader, fixer, compare } = open;
  const where = `clusters.${cluster.name}`;
  if (unusable !== undefined) return [unusable.includes(where) ? unusable : `${where}: ${unusable}`];
  try {
    // An API server refuses a wrong token here, too, where it would let through whoever has none.
    await cluster.source.read({ verb: 'probe', path: '/version' }, limits);
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

async function complaintsOfPrometheus({ log }: Looker, open: OpenCluster): Promise<readonly string[]> {
  const { cluster, unusable, hasPrometheus } = open;
  if (!hasPrometheus || unusable !== undefined) return [];
  try {
    await cluster.source.read(anything, limits);
    return [];
  } catch (failure) {
    if (!(failure instanceof ReadFailure)) throw failure;
    log.info({ cluster: cluster.name, kind: failure.kind }, 'a Prometheus did not answer to the check');
    return [`clusters.${cluster.name}.prometheus cannot be used: ${wordsOf(failure)}`];
  }
}

function wordsOf({ message, remedy }: ReadFailure | WriteFailure): string {
  return remedy === undefined ? message : `${message}. ${remedy}`;
}
