import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { conditionOf, pressureTypes } from '../evidence/node.ts';
import { clockVerdict } from './causes/clock-off.ts';
import { isNodeName, noNode } from './causes/removed.ts';
import { failsWhileReady } from './causes/runtime-gone.ts';
import type { Maybe, Seen } from './evidence.ts';
import { isFlapping } from './flapping.ts';
import { portOf } from './ports.ts';
import { type Context, lifeOf, readinessOf, sinceWords, trusting } from './signs.ts';

/** A hanging runtime shows in the Ready condition after 129 s (measured), a silent kubelet after 40 to 50 s. */
const SHOWS_WITHIN_MS = 150_000;

/**
 * Whether the Node itself looks well. A resolved alert is no proof: cordoning a node resolves KubeNodeNotReady,
 * KubeNodePressure and KubeNodeReadinessFlapping (kube-prometheus 0.15 and later leave cordoned nodes out).
 */
export const recovered: (seen: Seen, maybe: Maybe, context: Context) => Verdict = trusting(
  (seen, maybe, { now, target, since, failures }) => {
    if (maybe.registered === false) {
      return isNodeName(target.name) ? confirmed('its Node object is gone') : inconclusive(noNode(target.name));
    }
    const { node } = seen;
    const cordoned = node.cordoned ? '; it is still cordoned' : '';
    const ready = readinessOf(maybe);
    if (ready?.status !== 'True') {
      const hides = node.cordoned ? ', and its cordon hides it from the alert' : '';
      return ruledOut(`Ready=${ready?.status ?? 'not set'}${ready ? sinceWords(ready) : ''}${hides}`);
    }
    if (isFlapping(maybe, now))
      return ruledOut(`Ready=True${sinceWords(ready)}, but its readiness comes and goes${cordoned}`);
    if (maybe.history?.readinessChanges === undefined && !maybe.events)
      return inconclusive(`Ready=True${sinceWords(ready)}, but whether it comes and goes could not be seen${cordoned}`);
    const under = pressureTypes.filter((type) => conditionOf(node, type)?.status === 'True');
    if (under.length > 0) return ruledOut(`Ready=True, but ${under.join(', ')}=True${cordoned}`);
    const life = lifeOf(maybe, now);
    if (life.state === 'run out' || life.state === 'late' || life.state === 'ahead')
      return inconclusive(`Ready=True, but ${life.words}${cordoned}`);
    if (!maybe.lease)
      return inconclusive(`Ready=True, but ${life.words}: Ready lasts 40 s longer than its kubelet${cordoned}`);
    const port = portOf(maybe, now);
    if (port && port.kind !== 'answers') return inconclusive(`Ready=True, but ${port.words}${cordoned}`);
    if (!maybe.clock)
      return inconclusive(`Ready=True, but whether its alert is about its clock could not be seen${cordoned}`);
    const clock = maybe.clock.asked ? clockVerdict(maybe.clock, maybe, now) : undefined;
    if (clock?.verdict === 'inconclusive')
      return inconclusive(`Ready=True, but of its clock: ${clock.reason}${cordoned}`);
    const failing = failsWhileReady(maybe, now);
    if (failing) return inconclusive(`${failing}${cordoned}`);
    const unconfigured = failures?.get('kubeletScrapes') === 'not-configured';
    if (!port && !unconfigured && !(maybe.kubeletScrapes && prometheusAnswers(maybe))) {
      return inconclusive(
        `Ready=True, but Prometheus told nothing of this node: a hanging runtime shows in Ready after 2 minutes only, and alerts also end when Prometheus does${cordoned}`,
      );
    }
    if (!port || port.isOtherPath) {
      // Nobody to ask, now or later: what hung when it last turned Ready has had the time to show in the Node itself.
      const began = [since?.toISOString(), ready.since].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]));
      const isTold = ready.since !== undefined && (since !== undefined || !port);
      const shown = isTold && now.getTime() - Math.max(...began) >= SHOWS_WITHIN_MS;
      const words = `Ready=True${sinceWords(ready)}, ${life.words}`;
      const nobody = unconfigured ? 'there is no Prometheus to ask' : 'no scrape of its /metrics tells of its runtime';
      return shown
        ? confirmed(`${words}, by the Node itself: ${nobody}${cordoned}`)
        : inconclusive(`${words}, but a hanging runtime shows in Ready after 2 minutes only${cordoned}`);
    }
    return confirmed(`Ready=True${sinceWords(ready)}, ${life.words}${cordoned}`);
  },
);

/** While Prometheus is down its alerts time out, and Alertmanager calls them resolved. */
function prometheusAnswers({ exporterScrapes, expiredCertificates, history, fleet, machine }: Maybe): boolean {
  const counted = expiredCertificates?.perSecond;
  return [exporterScrapes, counted, history, fleet, machine].some((seen) => seen !== undefined);
}
