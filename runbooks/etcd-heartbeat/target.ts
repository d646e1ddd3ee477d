import * as z from 'zod';
import { ComponentTarget } from '../../engine/target.ts';

/** The etcd of one cluster. `job` is the scrape job the alert came from; without it every job with etcd in its name. */
export const EtcdTarget = ComponentTarget.extend({ name: z.literal('etcd') });
export type EtcdTarget = z.infer<typeof EtcdTarget>;
