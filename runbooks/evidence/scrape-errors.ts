import * as z from 'zod';

const ScrapeError = z.object({ instance: z.string(), lastError: z.string() });
/** How the last scrape of a target ended, in the words of Prometheus' HTTP client. */
export type ScrapeError = Readonly<z.infer<typeof ScrapeError>>;

/** Of Prometheus' active targets (`/api/v1/targets`). */
export const ScrapeErrors = z.array(ScrapeError);

/** The words of an error without what comes before: `connect: connection refused`, `server returned HTTP status 401 Unauthorized`. */
export function endOf(lastError: string): string {
  return lastError.replace(/^Get "[^"]*": /, '').replace(/^dial tcp \S+: /, '');
}

/** A gateway before it answers for one that is gone. */
const OF_A_GATEWAY = /HTTP status (502|503|504)/;
/**
 * Somebody answered: in TLS, in HTTP, or in one of them where the other was spoken. A certificate that has expired shows
 * in turns as `tls: bad certificate` and, where the refusal overtakes the request, as a broken pipe (seen on etcd 3.4).
 */
const ANSWERED = /\btls: |x509: |HTTP status \d|server gave HTTP response|malformed HTTP response|write: broken pipe$/;
/** Of the target itself: a proxy (`proxyconnect tcp: …`) and a name server (`dial tcp: lookup …`) refuse in words of their own. */
const REFUSED = /^(?:Get "[^"]*": )?(?:dial tcp \S+: )?connect: connection refused$/;

/** `refused`: nothing listens there. `answered`: a process does, and refuses the scrape. Undefined: not known. */
export function endingOf(errors: readonly string[]): 'refused' | 'answered' | undefined {
  if (errors.some((error) => ANSWERED.test(error) && !OF_A_GATEWAY.test(error))) return 'answered';
  return errors.length > 0 && errors.every((error) => REFUSED.test(error)) ? 'refused' : undefined;
}
