import type { Told } from './case.ts';
import { stale } from './cases-lead.ts';
import { crashing, down } from './cases-start.ts';
import { klog, own, world } from './world.ts';

/** What the controller manager writes where the metrics server does not trust the front proxy. */
const refusedByMetrics = (seconds: number) =>
  klog(
    'E',
    seconds,
    'resource_quota_controller.go:440] "Unhandled Error" err="unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: Unauthorized"',
  );

/** Unauthorized is said of its own certificate, and of servers behind the API server. */
export const refusals: Readonly<Record<string, Told>> = {
  'leadership-lost-and-metrics-refuse': {
    about: 'The leader could not renew for 10 s and ended itself; the metrics server refused it before, another matter',
    world: world('kube-controller-manager', (made) =>
      own(
        made,
        {
          ...{ restarts: 2, last: { reason: 'Error', exitCode: 1, seconds: 600 } },
          before: [
            refusedByMetrics(610),
            klog(
              'I',
              601,
              'leaderelection.go:278] failed to renew lease kube-system/kube-controller-manager: timed out',
            ),
            klog('F', 601, 'controllermanager.go:294] leaderelection lost'),
          ].join('\n'),
        },
        ['cp-2'],
      ),
    ),
    confirmed: ['leadershipLost'],
  },
  'leadership-lost-again-and-metrics-refuse': {
    about: 'All controller managers end themselves, the API server being slow; the metrics server refuses them as well',
    world: world('kube-controller-manager', (made) => {
      stale(made);
      down(
        made,
        crashing([refusedByMetrics(76), klog('F', 71, 'controllermanager.go:294] leaderelection lost')].join('\n')),
      );
    }),
    confirmed: ['leadershipLost'],
    recovered: 'ruled-out',
  },
  'nobody-leads-and-metrics-refuse': {
    about: 'The controller managers run and do not renew; that the metrics server refuses them is not why',
    world: world('kube-controller-manager', (made) => {
      stale(made);
      own(made, { now: refusedByMetrics(60) });
    }),
    confirmed: ['leaseStale'],
    recovered: 'ruled-out',
  },
  'watches-are-refused-and-nobody-leads': {
    about: 'The certificates of all schedulers expired: what they hear it for in the end is a watch of theirs',
    world: world('kube-scheduler', (made) => {
      stale(made, 900);
      own(made, {
        now: klog('E', 12, 'reflector.go:200] "Failed to watch" err="failed to list *v1.Node: Unauthorized"'),
      });
    }),
    confirmed: ['certificate'],
    recovered: 'ruled-out',
  },
};
