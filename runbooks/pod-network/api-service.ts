import * as z from 'zod';
import type { Evidence } from '../../engine/runbook.ts';

const Service = z
  .object({ spec: z.object({ clusterIP: z.string().default(''), clusterIPs: z.array(z.string()).default([]) }) })
  .nullable()
  .transform((found) => [...new Set([found?.spec.clusterIP ?? '', ...(found?.spec.clusterIPs ?? [])])].filter(Boolean));

/** The addresses of the Service `default/kubernetes`, by which pods ask the API server. */
export const apiService: Evidence<readonly string[], unknown> = {
  title: 'The Service of the API server',
  schema: Service,
  reads: ['get Service in default'],
  read: ({ kube }) => kube.find('Service', 'kubernetes', { namespace: 'default' }),
  show: (addresses) => addresses.join(', ') || 'there is no Service default/kubernetes',
};
