import { inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { counted } from '../../../engine/words.ts';
import type { Seen } from '../evidence.ts';
import { alive, lifeOf, type NodeCause, portOf, trusting, wouldShow } from '../signs.ts';
import { shownFrom, unlessPast, wellNow } from '../well.ts';

/**
 * An expired client certificate leaves a kubelet that is alive in every other way. No event and no condition says so:
 * it cannot post any. Nor do 401s of its own port mean this: a slow API server gives those too.
 */
export const unauthorized: NodeCause = {
  title: 'The kubelet is not let in: its client certificate has expired',
  judge: trusting((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return alive(`${life.words}, so the API server lets it in`, maybe, now);
    const { apiCalls, expiredCertificates } = maybe;
    const expired = expiredCertificates?.perSecond;
    const knocks =
      expired === undefined
        ? "the API server's count of expired certificates could not be seen"
        : `${expired.toFixed(1)} requests a second come to the API server with an expired certificate`;
    const { refused = 0, refusedPerSecond = 0, all = 0 } = apiCalls ?? {};
    if (refusedPerSecond > 0 || (refused > 0 && (expired ?? 0) > 0)) {
      const words = `${callsOf(refused)} answered 401 within 30 minutes, and ${knocks}`;
      return unlessPast(words, shownFrom(now, refusedPerSecond > 0 ? 120 : 1800), wellNow(maybe, now));
    }
    if ((expired ?? 0) > 0) {
      return inconclusive(
        `${knocks}; the counter names nobody. On the machine: openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem`,
      );
    }
    if (apiCalls && all > 0) return ofItsCalls(apiCalls, knocks, portOf(maybe)?.kind === 'answers');
    if (expired === undefined) {
      return wouldShow(
        maybe,
        'rest_client_requests_total{code="401"} of the kubelet or apiserver_client_certificate_expiration_seconds_bucket{le="0"} of the API server counting up',
      );
    }
    return inconclusive(`${knocks}, but this kubelet's own calls could not be seen, and it may come with a token`);
  }),
  remedies: ['cordon', 'renewCertificate', 'keepPods'],
};

function callsOf(count: number): string {
  return counted(Math.round(count), 'of its calls was', 'of its calls were');
}

function ofItsCalls({ refused = 0, succeededPerSecond = 0 }: Seen['apiCalls'], knocks: string, live: boolean) {
  if (refused === 0) return ruledOut(`none of its calls was answered 401 within 30 minutes, and ${knocks}`);
  const before = `${callsOf(refused)} answered 401 within 30 minutes`;
  return live && succeededPerSecond > 0
    ? ruledOut(`${before}, but none now: ${succeededPerSecond.toFixed(2)} a second succeed`)
    : inconclusive(`${before}, but whether any is now could not be seen`);
}
