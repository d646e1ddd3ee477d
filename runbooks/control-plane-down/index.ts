import { defineRunbook } from '../../engine/runbook.ts';
import { alerts } from './alerts.ts';
import { causes } from './causes/all.ts';
import { evidence } from './evidence.ts';
import { manual } from './manual/all.ts';
import { recovered } from './recovered.ts';
import { ControlPlaneTarget } from './target.ts';

/**
 * Scheduler, controller manager or API server: down, not scraped, or without its lease. No fix of it is the API's: static
 * pods are files on their machines, and what the API shows of them are copies.
 */
export const runbook = defineRunbook({
  id: 'control-plane-down',
  title: 'A component of the control plane is not heard of',
  alerts,
  target: ControlPlaneTarget,
  evidence,
  causes,
  remedies: {},
  manual,
  recovered,
});
