import * as z from 'zod';
import { ComponentTarget } from '../../engine/target.ts';

/** The API servers of one cluster. `job` is the scrape job of whatever the alert is about, which may be a client. */
export const ApiServerTarget = ComponentTarget.extend({ name: z.literal('kube-apiserver') });
export type ApiServerTarget = z.infer<typeof ApiServerTarget>;
