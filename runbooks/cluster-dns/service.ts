import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';
import { plural } from '../evidence/node-words.ts';
import { beforePort } from '../evidence/scrape-targets.ts';
import { namesRead, RKE2 } from './naming.ts';
import { podReads } from './pods.ts';
import { NAMESPACE, SERVICE } from './target.ts';

const Service = z
  .object({
    metadata: z.object({ name: z.string().default(SERVICE) }).prefault({}),
    spec: z.object({
      clusterIP: z.string().default(''),
      selector: z.record(z.string(), z.string()).default({}),
    }),
  })
  .nullable()
  .transform(
    (found) => found && { name: found.metadata.name, address: found.spec.clusterIP, selector: found.spec.selector },
  );
/** What pods are told to ask. `null`: there is no Service of that name. */
export type DnsService = z.infer<typeof Service>;

export const service: Evidence<DnsService, unknown> = {
  title: 'The Service that pods ask',
  schema: Service,
  reads: [...podReads, 'get Service in kube-system'],
  read: async (readers) => readers.kube.find('Service', (await namesRead(readers)).service, { namespace: NAMESPACE }),
  show: (found) =>
    found === null
      ? `there is no Service ${SERVICE} (RKE2: ${RKE2}) in ${NAMESPACE}`
      : `${found.name} is ${found.address || 'without an address'}, for pods with ${selectorWords(found.selector)}`,
};

/** The address of this Service, where it is among these upstreams of the Corefile. */
export function selfIn(upstreams: readonly string[] = [], found: DnsService | undefined): string | undefined {
  const address = found?.address;
  if (!address) return undefined;
  const written = [address, beforePort(address), `${beforePort(address)}:53`];
  return upstreams.some((to) => written.includes(to.replace(/^dns:\/\//, ''))) ? address : undefined;
}

export function selectorWords(selector: Readonly<Record<string, string>>): string {
  return (
    Object.entries(selector)
      .map(([label, value]) => `${label}=${value}`)
      .join(',') || 'no label'
  );
}

const Endpoint = z.object({
  conditions: z
    .object({ ready: z.boolean().nullish() })
    // "unknown" is to be taken for ready (discovery.k8s.io/v1, EndpointConditions).
    .transform(({ ready }) => ready ?? true)
    .prefault({}),
  targetRef: z.object({ name: z.string() }).nullish(),
  addresses: z.array(z.string()).default([]),
});
const Slices = z
  .object({ items: z.array(z.object({ endpoints: z.array(Endpoint).nullish() })) })
  .transform(({ items }) => {
    const listed = items.flatMap(({ endpoints }) => endpoints ?? []);
    const named = (one: z.infer<typeof Endpoint>) => one.targetRef?.name ?? one.addresses.join();
    const ready = new Set(listed.filter(({ conditions }) => conditions).map(named));
    return { ready, all: new Set(listed.map(named)).size, slices: items.length };
  });
/** What clients of the Service are given: names of pods that are ready. */
export type Endpoints = z.infer<typeof Slices>;

export const endpoints: Evidence<Endpoints, unknown> = {
  title: 'Its endpoints',
  schema: Slices,
  reads: [...podReads, 'list EndpointSlice in kube-system'],
  read: async (readers) => {
    const labelSelector = `kubernetes.io/service-name=${(await namesRead(readers)).service}`;
    return readers.kube.list('EndpointSlice', { namespace: NAMESPACE, labelSelector });
  },
  show: ({ ready, all }) =>
    all === 0 ? 'there is none: nobody can ask' : `${ready.size} of ${plural(all, 'endpoint')} ready`,
};
