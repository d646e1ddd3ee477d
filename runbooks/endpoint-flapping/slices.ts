import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { plural } from '../evidence/node-words.ts';
import { serviceOf } from './pods.ts';
import type { FlapTarget } from './target.ts';

const Endpoint = z.object({
  conditions: z
    .object({ ready: z.boolean().nullish(), terminating: z.boolean().nullish() })
    // "unknown" is to be taken for ready (discovery.k8s.io/v1, EndpointConditions).
    .transform(({ ready, terminating }) => ({ ready: ready ?? true, terminating: terminating ?? false }))
    .prefault({}),
  nodeName: z.string().nullish(),
  targetRef: z.object({ name: z.string() }).nullish(),
  addresses: z.array(z.string()).default([]),
});
const Slices = z.object({
  service: z.string(),
  slices: z.object({ items: z.array(z.object({ endpoints: z.array(Endpoint).nullish() })) }),
});

/** What clients of the Service are given. `null`: the target is no Service. */
export type Endpoints = {
  readonly service: string;
  readonly ready: number;
  readonly all: number;
  /** Nodes of those that are not ready and are not being ended, with how many, most first. */
  readonly lacking: readonly (readonly [node: string, count: number])[];
} | null;

function endpointsOf(found: z.infer<typeof Slices> | null): Endpoints {
  if (found === null) return null;
  const listed = found.slices.items.flatMap(({ endpoints }) => endpoints ?? []);
  // One pod may stand in several slices: of two address families, or twice while it moves between them.
  const once = new Map(listed.map((one) => [one.targetRef?.name ?? one.addresses.join(), one]));
  const endpoints = [...once.values()];
  const lacking = endpoints.filter(({ conditions }) => !conditions.ready && !conditions.terminating);
  const by = Map.groupBy(lacking, ({ nodeName }) => nodeName ?? 'no node');
  return {
    service: found.service,
    ready: endpoints.filter(({ conditions }) => conditions.ready).length,
    all: endpoints.length,
    lacking: [...by]
      .map(([node, those]) => [node, those.length] as const)
      .toSorted(([a, one], [b, two]) => two - one || (a < b ? -1 : 1)),
  };
}

export const endpoints: Evidence<Endpoints, FlapTarget> = {
  title: 'Endpoints that clients are given',
  schema: Slices.nullable().transform(endpointsOf),
  reads: ['get EndpointSlice', 'list EndpointSlice'],
  read: async (readers, target) => {
    if (target.kind === 'Node' || target.kind === 'Pod') return null;
    const { namespace } = target;
    const service = await serviceOf(readers, target);
    const labelSelector = `kubernetes.io/service-name=${service}`;
    return { service, slices: await readers.kube.list('EndpointSlice', { namespace, labelSelector }) };
  },
  show: (found) =>
    found === null
      ? 'the alert is about no single Service'
      : `Service ${found.service}: ${found.ready} of ${plural(found.all, 'endpoint')} ready${found.lacking.map(([node, count]) => `; ${count} not ready on ${node}`).join('')}`,
};
