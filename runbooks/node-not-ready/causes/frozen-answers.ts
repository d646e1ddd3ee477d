import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { serverTime } from '../../evidence/control-plane.ts';
import { duration } from '../../evidence/node-words.ts';
import { controlPlaneAges, RUN_OUT_SECONDS } from '../control-plane.ts';
import { type NodeCause, SKEW_SECONDS } from '../signs.ts';

/**
 * Without etcd quorum the API server answers reads from its cache, 200 and in milliseconds, with nothing in the answer
 * that says so. The control plane's own leases give it away: in health they are never older than seconds.
 */
export const frozenAnswers: NodeCause = {
  title: "The API server's answers are frozen (etcd has no quorum)",
  judge: (seen, maybe, context) => {
    const now = serverTime(seen.readyz, context.now);
    const { status, etcd, failing } = seen.readyz;
    if (etcd === undefined) return inconclusive(`/readyz answers ${status} and lists no etcd check`);
    const health = etcd
      ? '/readyz says that etcd answers'
      : `/readyz answers ${status} (failing: ${failing.join(', ')})`;
    // One that is dated in the future does not tell when it was renewed.
    const ages = controlPlaneAges(maybe, now).filter((age) => age >= -SKEW_SECONDS);
    if (ages.length === 0) {
      return etcd ? ruledOut(health) : inconclusive(`${health}, but no lease of the control plane shows since when`);
    }
    const youngest = Math.min(...ages);
    const stale = youngest > RUN_OUT_SECONDS;
    const leases = `the youngest lease of the control plane, renewed every 2 s in health, is ${duration(youngest)} old`;
    if (!etcd) {
      return stale
        ? confirmed(`${health} and ${leases}: what it says about this node is a copy from that time`)
        : inconclusive(`${health}, but ${leases}: its answers were true until then`);
    }
    if (!stale) return ruledOut(`${health}, and ${leases}`);
    return inconclusive(
      `${health}, yet ${leases}: either both are down, this API server's cache stands still, or our own clock is ahead. A read past the cache would tell: kubectl get lease -n kube-system kube-controller-manager`,
    );
  },
  remedies: ['restoreQuorum'],
};
