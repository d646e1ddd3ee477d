import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { duration } from '../../evidence/node-words.ts';
import { controlPlaneAges, etcdIsAway, RUN_OUT_SECONDS } from '../control-plane.ts';
import type { NodeCause } from '../signs.ts';

/**
 * Without etcd quorum the API server answers reads from its cache, 200 and in milliseconds, with nothing in the answer
 * that says so. The control plane's own leases give it away: in health they are never older than seconds.
 */
export const frozenAnswers: NodeCause = {
  title: "The API server's answers are frozen (etcd has no quorum)",
  judge: (seen, { controlPlane }, { now }) => {
    const { status, failed } = seen.apiHealth;
    const ages = controlPlane ? controlPlaneAges(controlPlane, now) : [];
    const youngest = Math.min(...ages);
    const leases = `the youngest lease of the control plane, renewed every 2 s in health, is ${duration(youngest)} old`;
    if (etcdIsAway(seen.apiHealth)) {
      const health = `/readyz answers ${status} (failing: ${failed.join(', ')})`;
      if (ages.length === 0) return inconclusive(`${health}, but no lease of the control plane shows since when`);
      return youngest > RUN_OUT_SECONDS
        ? confirmed(`${health} and ${leases}: what it says about this node is a copy from that time`)
        : inconclusive(`${health}, but ${leases}: its answers were true until then`);
    }
    if (ages.length > 0 && youngest > RUN_OUT_SECONDS) {
      return inconclusive(
        `/readyz says that etcd answers, yet ${leases}: either both are down or this API server's cache stands still. A read past the cache would tell: kubectl get lease -n kube-system kube-controller-manager`,
      );
    }
    return ruledOut(
      ages.length > 0 ? `/readyz says that etcd answers, and ${leases}` : '/readyz says that etcd answers',
    );
  },
  remedies: ['restoreQuorum'],
};
