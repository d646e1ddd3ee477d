import { confirmed, ruledOut } from '../../../engine/verdict.ts';
import { type NodeCause, trusting } from '../signs.ts';

/** Autoscalers and people take nodes away; the alert outlives them until its series are gone. */
export const removed: NodeCause = {
  title: 'The node was removed from the cluster',
  judge: trusting(({ registered }, _maybe, { target }) =>
    registered
      ? ruledOut('its Node object exists')
      : confirmed(`there is no Node object ${target.name}: deleted, replaced, or never registered`),
  ),
};
