import { isAddress } from '../../engine/directory.ts';
import { duration } from '../evidence/node-words.ts';
import { endingOf, endOf, type ScrapeError } from '../evidence/scrape-errors.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import type { Maybe } from './evidence.ts';
import { ofItsPort } from './own-port.ts';
import { REFUSED_WITHIN_SECONDS, type Scrape } from './schema.ts';
import { GRACE_SECONDS, lifeOf } from './signs.ts';
import { withAnswer } from './told-port.ts';
import { SCRAPE_SECONDS } from './well.ts';

/** A live kubelet renews every 10 s: its silence began by then after the last renewal, and not before it. */
export const RENEWED_EVERY_SECONDS = 10;
/** Two scrapes a minute apart, and some: what is older is not the present, whatever the reason. */
export const OLD_SECONDS = 150;

/**
 * How the kubelet's port met the last scrapes, and the API server. `half`: /metrics stays silent while another path answers.
 * `lives`: a process answers, though not a scrape. `refuses`: nothing listens.
 */
export interface Port {
  readonly kind: 'answers' | 'half' | 'lives' | 'refuses' | 'silent' | 'unclear';
  readonly words: string;
  /** How long ago /metrics was scraped; infinite: it is not. */
  readonly ageSeconds: number;
  /** It answers, but not /metrics: that asks the container runtime, of which nothing is told then. */
  readonly isOtherPath?: true;
  /** Whether the last scrape of it ended within `REFUSED_WITHIN_SECONDS`. */
  readonly isQuick: boolean;
  /** It lives now; when it was scraped, perhaps nothing listened. */
  readonly isPerhapsNew?: true;
}

/** As the scrapes alone tell. */
export interface ScrapedPort extends Port {
  /** It tells nothing of now that another witness could contradict. */
  readonly isOpen?: true;
  /** Of a scrape that tells of now and failed: ` after 0.6 ms`. */
  readonly failed?: string;
}

export function portOf(maybe: Maybe, now: Date): Port | undefined {
  const scraped = scrapedPort(maybe, now);
  return maybe.kubeletAnswer ? withAnswer(maybe.kubeletAnswer, scraped) : scraped;
}

function scrapedPort(maybe: Maybe, now: Date): ScrapedPort | undefined {
  const kubeletScrapes = ofItsPort(maybe.kubeletScrapes ?? [], maybe.node);
  const metrics = kubeletScrapes.find(({ path }) => path === '/metrics') ?? kubeletScrapes[0];
  if (!metrics) return undefined;
  const { seconds, ageSeconds = SCRAPE_SECONDS } = metrics;
  const isQuick = seconds !== undefined && seconds <= REFUSED_WITHIN_SECONDS;
  const port = (kind: Port['kind'], words: string) => ({ kind, words, ageSeconds, isQuick });
  const disagreed = kubeletScrapes.find(({ disagree }) => disagree);
  const doubt = doubtOf(disagreed ?? metrics, maybe, now);
  if (doubt !== undefined)
    return { ...port('unclear', `of its port ${doubt}`), ...(disagreed ? {} : { isOpen: true }) };
  const took = seconds === undefined ? '' : duration(seconds);
  if (metrics.up)
    return {
      ...port('answers', `its port answers${took && ` (${metrics.path} in ${took})`}`),
      ...(metrics.path === '/metrics' ? {} : { isOtherPath: true as const }),
    };
  const other = kubeletScrapes.find((scrape) => scrape.up && doubtOf(scrape, maybe, now) === undefined);
  if (other) {
    const quick = `${other.path} answers${other.seconds === undefined ? '' : ` in ${duration(other.seconds)}`}`;
    if (seconds === undefined)
      return { ...port('answers', `its port answers (${quick}; /metrics fails)`), isOtherPath: true };
    return isQuick
      ? port('answers', `its port answers (${quick}; /metrics was refused)`)
      : port('half', `/metrics fails${took && ` after ${took}`} while ${quick}`);
  }
  const slowest = Math.max(...kubeletScrapes.flatMap(({ up, seconds: own = Number.NaN }) => (up ? [] : [own])));
  const failed = Number.isNaN(slowest) ? '' : ` after ${duration(slowest)}`;
  return { ageSeconds, isQuick, failed, ...failing(metrics, slowest, failed, errorsOf(kubeletScrapes, maybe)) };
}

function errorsOf(scrapes: readonly Scrape[], { kubeletErrors = [] }: Maybe) {
  return kubeletErrors.filter((error) => scrapes.some(({ instance }) => instance === error.instance));
}

/** A scrape through the API server (`role: node` of old): who answers or refuses there is the API server. */
const THROUGH_THE_API = /\/api\/v1\/nodes\/[^/]+\/proxy\//;

/**
 * A kubelet asks the API server who Prometheus is, and answers 401 when it gets none: within milliseconds, as a port where
 * nothing listens, or too late for the scrape, as one that is stuck. So what a scrape ended with goes before its time.
 */
function failing(
  { instance }: Scrape,
  slowest: number,
  after: string,
  errors: readonly ScrapeError[],
): Pick<ScrapedPort, 'kind' | 'words' | 'isOpen'> {
  const told = errors.flatMap(({ lastError }) => (lastError === '' ? [] : [lastError]));
  const ending = endingOf(told);
  const end = endOf(told.find((error) => endingOf([error]) === ending) ?? '');
  const isDirect = isAddress(hostOf(instance)) && !told.some((error) => THROUGH_THE_API.test(error));
  if (ending === 'answered') {
    const words = `refuses the scrape (${end}${after})`;
    return isDirect
      ? { kind: 'lives', words: `its port answers, and ${words}` }
      : {
          kind: 'unclear',
          words: `somebody ${words}: the kubelet, or a proxy before it (it is scraped by the name ${instance})`,
        };
  }
  if (ending === 'refused' && !told.some((error) => THROUGH_THE_API.test(error)))
    return { kind: 'refuses', words: `its port refuses at once (connection refused${after})` };
  if (Number.isNaN(slowest))
    return { kind: 'unclear', words: 'its port fails the scrape, after an unknown time', isOpen: true };
  if (slowest > REFUSED_WITHIN_SECONDS)
    return { kind: 'silent', words: `its port stays silent (${duration(slowest)} until the scrape was given up)` };
  const why = end ? `it ended with "${end}"` : "what it ended with, Prometheus' targets did not tell";
  return {
    kind: 'unclear',
    words: `its scrape fails at once (${duration(slowest)}), as where nothing listens, where a live kubelet answers 401, and where its name is not found; ${why}`,
    isOpen: true,
  };
}

/** The other witness on the machine. `refuses`: it fails at once, though maybe only its name is not found. */
export interface Exporter {
  readonly kind: 'answers' | 'fails' | 'unclear';
  readonly refuses: boolean;
  readonly words: string;
}

export function exporterOf(maybe: Maybe, now: Date): Exporter | undefined {
  const { exporterScrapes } = maybe;
  const best = exporterScrapes?.find(({ up }) => up) ?? exporterScrapes?.[0];
  if (!best) return undefined;
  const doubt = doubtOf(best, maybe, now);
  if (doubt !== undefined) return { kind: 'unclear', refuses: false, words: `of node_exporter ${doubt}` };
  const took = best.seconds === undefined ? '' : ` ${best.up ? 'in' : 'after'} ${duration(best.seconds)}`;
  const refuses = !best.up && best.seconds !== undefined && best.seconds <= REFUSED_WITHIN_SECONDS;
  return {
    kind: best.up ? 'answers' : 'fails',
    refuses,
    words: `node_exporter ${best.up ? 'answers' : 'fails'}${took}`,
  };
}

/**
 * Why a scrape does not tell how it is now: replicas of Prometheus contradict each other, it is old, or it was made
 * before the kubelet fell silent. An answer within a renewal's time of the last renewal may be from before, too.
 */
function doubtOf({ up, ageSeconds: age, disagree }: Scrape, maybe: Maybe, now: Date): string | undefined {
  if (disagree) return 'the scrapes of several Prometheus contradict each other';
  const when = age === undefined ? 'an unknown time' : duration(age);
  const last = `the last scrape ${up ? 'was answered' : 'failed'} ${when} ago`;
  if (age !== undefined && age > OLD_SECONDS) return `${last}: Prometheus takes nothing in since, or asks so rarely`;
  const { state, silentSeconds, words } = lifeOf(maybe, now);
  if (state === 'unseen' && silentSeconds === undefined && (up || (age ?? SCRAPE_SECONDS) > GRACE_SECONDS)) {
    return `${last}, and ${words}: ${up ? 'it may be silent since' : 'it may have renewed it since'}`;
  }
  if (silentSeconds === undefined || (age ?? SCRAPE_SECONDS) < silentSeconds - (up ? RENEWED_EVERY_SECONDS : 0))
    return undefined;
  return `${last}, and ${words}: it tells of the time before that`;
}
