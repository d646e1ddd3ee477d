import { inconclusive, ruledOut, type Verdict } from '../../../engine/verdict.ts';
import { counted } from '../../../engine/words.ts';
import { momentOf } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { type Port, portOf, RENEWED_EVERY_SECONDS } from '../ports.ts';
import { type Life, lifeOf, type NodeCause, wouldShow } from '../signs.ts';
import { ofSilence } from '../silence.ts';
import { shownFrom, unlessWellSince } from '../well.ts';

/** Two scrapes: only with the second one a counter that began anew shows a rate. */
const SHOWS_WITHIN_SECONDS = 60;

/** The windows of the rates, and of all other counts (queries.ts). */
const RATE_SECONDS = 120;
const COUNTED_SECONDS = 1800;
/** Our own limit: fewer are those of an API server that has just started. */
const REFUSALS = 5;

/**
 * The API server answers 401: mostly for an expired client certificate, which leaves a kubelet that is alive in every
 * other way. No event and no condition says so: it cannot post any. Nor do 401s of its own port mean this: a slow API
 * server gives those too.
 */
export const unauthorized: NodeCause = {
  title: 'The kubelet is not let in (401), as with an expired client certificate',
  present: true,
  judge: ofSilence((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing') return ruledOut(`${life.words}, so the API server lets it in`);
    const { apiCalls } = maybe;
    const expired = maybe.expiredCertificates?.perSecond;
    const knocks = knocksOf(expired);
    const { refused = 0, all = 0 } = apiCalls ?? {};
    const withinSeconds = isRefused(apiCalls) ? RATE_SECONDS : wasRefused(apiCalls) ? COUNTED_SECONDS : undefined;
    if (withinSeconds !== undefined) {
      const words = `${callsOf(refused)} answered 401 within 30 minutes, ${expired === 0 ? `but ${knocks}: rather a wrong CA, a revoked or a foreign identity` : `and ${knocks}`}`;
      return unlessWellSince(words, shownFrom(now, withinSeconds), maybe, now);
    }
    const certificate = certificateOf(maybe, life, now);
    if (certificate?.hasEnded) {
      const words = `${certificate.words}, and ${life.words}`;
      return certificate.isWhy
        ? unlessWellSince(words, certificate.at, maybe, now)
        : inconclusive(`${words}: not at the same time`);
    }
    if ((expired ?? 0) > 0 && !(certificate && refused === 0 && all > 0)) {
      return inconclusive(
        `${knocks}${certificate ? `, and ${certificate.words}` : ''}; the counter names nobody. On the machine: openssl x509 -noout -enddate -in /var/lib/kubelet/pki/kubelet-client-current.pem`,
      );
    }
    const port = portOf(maybe, now);
    if (apiCalls && all > 0) return ofItsCalls(apiCalls, knocks, maybe, life, port);
    if (port?.kind === 'lives') {
      return inconclusive(
        `${port.words}, so it lives, yet ${life.words}: not let in, or cut off; its own calls could not be seen (rest_client_requests_total{code="401"})`,
      );
    }
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

function isRefused({ refusedPerSecond = 0 }: Partial<Seen['apiCalls']> = {}): boolean {
  return refusedPerSecond * RATE_SECONDS >= REFUSALS;
}

/** So were most of its last calls that were seen: one that is not let in soon lets Prometheus in no more. */
function wasRefused({ refused = 0, refusedAtLast, succeededAtLast }: Partial<Seen['apiCalls']> = {}): boolean {
  const isLast = refusedAtLast !== undefined && succeededAtLast !== undefined && refusedAtLast > succeededAtLast;
  return isLast && refused >= REFUSALS;
}

/** What it said of its own certificate when it was last seen: `isWhy`, it was heard until that ended, and no longer. */
function certificateOf({ apiCalls }: Maybe, { silentSeconds }: Life, now: Date) {
  const end = apiCalls?.certificateEndsAt;
  if (end === undefined) return undefined;
  const at = new Date(end * 1000);
  const endedSeconds = (now.getTime() - at.getTime()) / 1000;
  const hasEnded = endedSeconds >= 0;
  const heardBefore = silentSeconds === undefined ? Number.NaN : silentSeconds - endedSeconds;
  const isWhy = heardBefore >= -RENEWED_EVERY_SECONDS && heardBefore <= SHOWS_WITHIN_SECONDS;
  const words = `its own certificate ${hasEnded ? 'ended' : 'is good until'} ${momentOf(at.toISOString(), now)}`;
  return { at, hasEnded, isWhy, words };
}

/** The API server counts a certificate by its end before it asks who signed it: a count of zero is of all that come. */
function knocksOf(expired: number | undefined): string {
  if (expired === undefined) return "the API server's count of expired certificates could not be seen";
  return expired === 0
    ? 'no request comes to the API servers that are scraped with an expired certificate'
    : `${expired.toFixed(1)} requests a second come to the API server with an expired certificate`;
}

function callsOf(count: number): string {
  return counted(Math.round(count), 'of its calls was', 'of its calls were');
}

/** Its own counters tell of the silence only when they were scraped long enough after it began. */
function ofItsCalls(
  { refused = 0, succeededPerSecond = 0 }: Seen['apiCalls'],
  knocks: string,
  { expiredCertificates, kubeletErrors }: Maybe,
  { silentSeconds = 0, words }: Life,
  port: Port | undefined,
): Verdict {
  if (refused > 0) {
    const before = `${callsOf(refused)} answered 401 within 30 minutes`;
    return port?.kind === 'answers' && succeededPerSecond > 0
      ? ruledOut(`${before}, but none now: ${succeededPerSecond.toFixed(2)} a second succeed`)
      : inconclusive(`${before}, but whether any is now could not be seen`);
  }
  const none = `none of its calls was answered 401 within 30 minutes, and ${knocks}`;
  // One that is not let in lives, and soon answers 401 itself. Where nothing listens it may have given up.
  const told = port?.kind === 'silent' ? kubeletErrors?.length : expiredCertificates;
  if ((port?.kind === 'silent' || port?.kind === 'refuses') && told) return ruledOut(none);
  if (port?.kind === 'silent' || port?.kind === 'lives')
    return inconclusive(`${none}; but ${port.words}: since then its calls cannot be seen`);
  const shown = silentSeconds - RENEWED_EVERY_SECONDS - (port?.ageSeconds ?? Number.POSITIVE_INFINITY);
  const counts = expiredCertificates?.perSecond === 0 ? silentSeconds : shown;
  if (counts >= SHOWS_WITHIN_SECONDS && port !== undefined && port.kind !== 'unclear') return ruledOut(none);
  return inconclusive(
    `${none}; but ${port?.kind === 'unclear' ? port.words : `${words}: too short a time to be counted`}`,
  );
}
