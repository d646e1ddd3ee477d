import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Maybe } from '../evidence.ts';
import { alive, exporterOf, lifeOf, type NodeCause, portOf, readinessOf, trusting, wouldShow } from '../signs.ts';
import { past, wellNow } from '../well.ts';

const RESTARTS_WITHIN_SECONDS = 1800;
/** Our own limit: one restart is work, two a correction. While the node is Ready and its port open, three are history. */
const RESTARTING = 3;

export const kubeletStopped: NodeCause = {
  title: 'The kubelet is stopped, or keeps restarting',
  judge: trusting((_seen, maybe, { now }) => {
    const restarts = restartsOf(maybe, now);
    const well = wellNow(maybe, now);
    if (restarts >= RESTARTING) {
      const words = `it was started ${restarts} times within 30 minutes`;
      return well && portOf(maybe)?.kind !== 'refuses' ? past(words, well) : confirmed(words);
    }
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return alive(life.words, maybe, now);
    const port = portOf(maybe);
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
    return unlessUnauthorized(`${port.words}, and ${life.words}`, maybe);
  }),
  remedies: ['cordon', 'restartKubelet', 'keepPods'],
};

/** A kubelet whose own certificate expired answers 401 as quickly as a closed port refuses. */
function unlessUnauthorized(words: string, maybe: Maybe) {
  const exporter = exporterOf(maybe);
  if (exporter && !exporter.up) return inconclusive(`${words}; but ${exporter.words} too: see the machine first`);
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
  return confirmed(`${words}${exporter ? `; ${exporter.words}` : ''}`);
}

function restartsOf({ kubelet, events = [] }: Maybe, now: Date): number {
  const starts = events.filter(
    ({ reason, lastSeen }) => reason === 'Starting' && secondsSince(lastSeen, now) < RESTARTS_WITHIN_SECONDS,
  );
  return Math.max(kubelet?.restarts ?? 0, starts.length);
}
