import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { exporterOf, portOf } from '../ports.ts';
import { alive, lifeOf, type NodeCause, readinessOf, trusting, wouldShow } from '../signs.ts';
import { past, wellNow } from '../well.ts';

const RESTARTS_WITHIN_SECONDS = 1800;
/** Our own limit: one restart is work, two a correction. While the node is Ready and its port open, three are history. */
const RESTARTING = 3;
/** A renewal every 10 s, and about 6 s from a start to the first one (measured): until then a refusal may be a restart. */
const RESTART_SECONDS = 20;

export const kubeletStopped: NodeCause = {
  title: 'The kubelet is stopped, or keeps restarting',
  judge: trusting((_seen, maybe, { now }) => {
    const { starts, counted } = restartsOf(maybe, now);
    const well = wellNow(maybe, now);
    const port = portOf(maybe, now);
    const words = `it was started ${Math.max(starts, counted ?? 0)} times within 30 minutes`;
    if ((counted ?? 0) >= RESTARTING || starts >= RESTARTING) {
      if (well && port?.kind !== 'refuses') return past(words, well);
      if (counted !== 0 || port?.kind !== 'answers') return confirmed(words);
      return inconclusive(`by its events ${words}, yet the process that answers has been the same all the time`);
    }
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return alive(life.words, maybe, now);
    if (!port)
      return wouldShow(
        maybe,
        'port 10250 refusing at once: up=0 within milliseconds, or curl -k -m 5 https://NODE:10250/healthz',
      );
    if (port.kind === 'unclear') return inconclusive(port.words);
    if (port.kind !== 'refuses') return ruledOut(`${port.words}; a stopped one refuses within milliseconds`);
    if (life.state === 'unseen' && readinessOf(maybe)?.status !== 'Unknown') {
      return inconclusive(`${port.words}, as during any restart, and ${life.words}`);
    }
    if (readinessOf(maybe)?.status === 'True' && (life.silentSeconds ?? RESTART_SECONDS) < RESTART_SECONDS) {
      return inconclusive(`${port.words}, as during any restart, and ${life.words}`);
    }
    return unlessUnauthorized(`${port.words}, and ${life.words}`, maybe, now);
  }),
  remedies: ['cordon', 'restartKubelet', 'keepPods'],
};

/** A kubelet whose own certificate expired answers 401 as quickly as a closed port refuses. */
function unlessUnauthorized(words: string, maybe: Maybe, now: Date) {
  const exporter = exporterOf(maybe, now);
  if (exporter?.kind === 'fails') return inconclusive(`${words}; but ${exporter.words} too: see the machine first`);
  const { apiCalls, expiredCertificates } = maybe;
  const refused = apiCalls?.refused ?? 0;
  const expired = expiredCertificates?.perSecond ?? 0;
  if (refused > 0 || expired > 0) {
    const knocks = refused > 0 ? 'its calls were answered 401 before' : 'somebody comes with an expired certificate';
    return inconclusive(`${words}; but ${knocks}, and a kubelet without rights answers 401 just as quickly`);
  }
  if (!apiCalls && !expiredCertificates) {
    return inconclusive(
      `${words}; a kubelet without rights answers 401 just as quickly, and neither its calls nor the API server's count of expired certificates could be seen. On the machine: systemctl status kubelet`,
    );
  }
  return confirmed(`${words}${exporter?.kind === 'answers' ? `; ${exporter.words}` : ''}`);
}

/**
 * Starts by the kubelet's own events (kube-proxy posts one of the same name on the node), and as Prometheus counted them
 * by the start time of the process.
 */
function restartsOf({ kubelet, events = [] }: Maybe, now: Date) {
  const starts = events.filter(
    ({ reason, from, lastSeen }) =>
      reason === 'Starting' && from === 'kubelet' && secondsSince(lastSeen, now) < RESTARTS_WITHIN_SECONDS,
  );
  return { starts: starts.length, counted: kubelet?.restarts };
}
