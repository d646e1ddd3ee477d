import * as z from 'zod';
import { NodeTarget, ObjectTarget, PodTarget, ServiceTarget } from '../../engine/target.ts';

/** A slice of a Service's endpoints: our rule on slices names nothing else. */
const SliceTarget = ObjectTarget.extend({ resource: z.literal('EndpointSlice'), namespace: z.string() });

/** What comes and goes: the pods of a node, one pod, or the endpoints of a Service. */
export const FlapTarget = z.discriminatedUnion('kind', [NodeTarget, PodTarget, ServiceTarget, SliceTarget]);
export type FlapTarget = z.infer<typeof FlapTarget>;
