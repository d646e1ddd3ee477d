import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { flapping, lifeOf, type NodeCause, needsPort, trusting } from '../signs.ts';

/**
 * An expired client certificate leaves a kubelet that is alive in every other way. No event and no condition says so:
 * it cannot post any. Nor do 401s of its own port mean this: a slow API server gives those too.
 */
export const unauthorized: NodeCause = {
  title: 'The kubelet is not let in: its client certificate has expired',
  judge: trusting((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing' && !flapping(maybe)) return ruledOut(`${life.words}, so the API server lets it in`);
    const { apiCalls, expiredCertificates } = maybe;
    const expired = expiredCertificates?.perSecond;
    const knocks =
      expired === undefined
        ? "the API server's count of expired certificates could not be seen"
        : `${expired.toFixed(1)} requests a second come to the API server with an expired certificate`;
    const { refused = 0, all = 0 } = apiCalls ?? {};
    if (refused > 0 && life.state !== 'renewing') {
      return confirmed(`${Math.round(refused)} of its calls were answered 401 within 30 minutes, and ${knocks}`);
    }
    if ((expired ?? 0) > 0) {
      return inconclusive(
        `${knocks}; the counter names nobody. On the machine: openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem`,
      );
    }
    if (apiCalls && all > 0) return ruledOut(`none of its calls was answered 401 within 30 minutes, and ${knocks}`);
    if (expired === undefined) return inconclusive(needsPort(maybe));
    return inconclusive(`${knocks}, but this kubelet's own calls could not be seen, and it may come with a token`);
  }),
  remedies: ['cordon', 'renewCertificate', 'keepPods'],
};
