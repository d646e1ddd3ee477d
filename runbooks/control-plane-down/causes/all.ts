import type { PlaneCause } from '../seen.ts';
import { apiServersDown, etcdLost, wayBlocked } from './api.ts';
import { dependencySilent } from './dependency.ts';
import { crashLoop, leadershipLost, outOfMemory, probeFails } from './ends.ts';
import { leaseStale } from './lease.ts';
import { machineGone, manifestMissing } from './machine.ts';
import { notScraped } from './not-scraped.ts';
import { badConfiguration, certificate, imageMissing, othersCertificate } from './start.ts';

/** In the order a person would suspect them: what many share first, then each instance, then the eyes that look at it. */
export const causes = {
  apiServersDown,
  wayBlocked,
  etcdLost,
  machineGone,
  manifestMissing,
  imageMissing,
  badConfiguration,
  certificate,
  othersCertificate,
  dependencySilent,
  outOfMemory,
  probeFails,
  crashLoop,
  leaseStale,
  leadershipLost,
  notScraped,
} satisfies Record<string, PlaneCause>;
