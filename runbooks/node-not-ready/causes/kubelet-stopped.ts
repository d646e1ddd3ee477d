import { confirmed, inconclusive } from '../../../engine/verdict.ts';
import { counted as countOf } from '../../../engine/words.ts';
import { secondsSince } from '../../evidence/node-words.ts';
import type { Maybe, Seen } from '../evidence.ts';
import { isFlapping } from '../flapping.ts';
import { exporterOf, type Port, portOf } from '../ports.ts';
import { lastWord, lifeOf, type NodeCause, readinessOf, wouldShow } from '../signs.ts';
import { ofSilence } from '../silence.ts';
import { ruledOutUnlessTold } from '../watched.ts';
import { past, wellNow } from '../well.ts';
import { JUST_STARTED } from './runtime-gone.ts';

const RESTARTS_WITHIN_SECONDS = 1800;
/** Our own limit: one restart is work, two a correction. While the node is Ready and its port open, three are history. */
const RESTARTING = 3;
/** A renewal every 10 s, and about 6 s from a start to the first one (measured): until then a refusal may be a restart. */
const RESTART_SECONDS = 20;

export const kubeletStopped: NodeCause = {
  title: 'The kubelet is stopped, or keeps restarting',
  judge: ofSilence((seen, maybe, { now }) => {
    const { starts = 0, counted } = restartsOf(maybe, now);
    const well = wellNow(maybe, now);
    const port = portOf(maybe, now);
    const words = `it was started ${Math.max(starts, counted ?? 0)} times within 30 minutes`;
    if ((counted ?? 0) >= RESTARTING || starts >= RESTARTING) {
      if (well && port?.kind !== 'refuses') return past(words, well);
      if (!maybe.node && !isFlapping(maybe, now))
        return inconclusive(`${words}; whether the node is well since could not be seen`);
      if (counted === 0 && port?.kind === 'answers') {
        return inconclusive(`by its events ${words}, yet the process that answers has been the same all the time`);
      }
      const otherwise = saysOtherwise(port, maybe, now);
      return otherwise ? inconclusive(`${words}; but ${otherwise}`) : confirmed(words, 'The kubelet keeps restarting');
    }
    const life = lifeOf(maybe, now);
    if (life.state === 'renewing')
      return ruledOutUnlessTold(counted === 0 ? life.words : steady(seen, life.words), 'kubeletStarts', maybe, now);
    if (!port)
      return wouldShow(
        maybe,
        'port 10250 refusing at once: up=0 with "connection refused", or curl -k -m 5 https://NODE:10250/healthz',
      );
    if (port.kind === 'unclear') return inconclusive(port.words);
    if (port.isPerhapsNew) return inconclusive(`${port.words}: it may have been started since`);
    if (port.kind !== 'refuses')
      return ruledOutUnlessTold(`${port.words}; where it is stopped nothing listens`, 'kubeletStarts', maybe, now);
    if (life.state === 'unseen' && readinessOf(maybe)?.status !== 'Unknown') {
      return inconclusive(`${port.words}, as during any restart, and ${life.words}`);
    }
    if (readinessOf(maybe)?.status === 'True' && (life.silentSeconds ?? RESTART_SECONDS) < RESTART_SECONDS) {
      return inconclusive(`${port.words}, as during any restart, and ${life.words}`);
    }
    return unlessMachine(`${port.words}, and ${life.words}`, maybe, now);
  }),
  remedies: ['cordon', 'restartKubelet', 'compareWithAnother', 'keepPods'],
};

/**
 * The word of a kubelet that runs, of something else than its own start: who restarted it may have tried to mend that. Or
 * what would tell whether it runs, where that could not be seen.
 * (Without a runtime a kubelet does not start at all, and its port refuses.)
 */
function saysOtherwise(port: Port | undefined, maybe: Maybe, now: Date): string | undefined {
  const { state, words } = lifeOf(maybe, now);
  const isLiving = (port?.kind === 'answers' || port?.kind === 'half') && state === 'renewing';
  const word = lastWord(maybe, now);
  const isUnseen = state === 'unseen' || (port === undefined && state === 'renewing');
  if (isUnseen && readinessOf(maybe)?.status === 'False' && !JUST_STARTED.test(word?.message ?? '')) {
    return state === 'unseen' ? words : 'how its port answers could not be seen';
  }
  if (!isLiving || !word?.stands || readinessOf(maybe)?.status !== 'False') return undefined;
  return JUST_STARTED.test(word.message) ? undefined : `it lives now, and ${word.words}`;
}

/** Prometheus misses restarts between two scrapes; without the events they may be many. */
function steady({ events }: Seen, words: string) {
  return events.length === 0 ? `${words}, and no event tells of a restart` : words;
}

/** Something refuses on its behalf while the rest of the machine fails as well. */
function unlessMachine(words: string, maybe: Maybe, now: Date) {
  const exporter = exporterOf(maybe, now);
  if (exporter?.kind === 'fails') return inconclusive(`${words}; but ${exporter.words} too: see the machine first`);
  const refused = maybe.apiCalls?.refused ?? 0;
  const before =
    refused > 0
      ? `; before that ${countOf(Math.round(refused), 'of its calls was', 'of its calls were')} answered 401`
      : '';
  return confirmed(
    `${words}${exporter?.kind === 'answers' ? `; ${exporter.words}` : ''}${before}`,
    'The kubelet is stopped',
  );
}

/**
 * Starts by the kubelet's own events (kube-proxy posts one of the same name on the node), and as Prometheus counted them
 * by the start time of the process.
 */
function restartsOf({ kubelet, events }: Maybe, now: Date) {
  const starts = events?.filter(
    ({ reason, from, lastSeen }) =>
      reason === 'Starting' && from === 'kubelet' && secondsSince(lastSeen, now) < RESTARTS_WITHIN_SECONDS,
  );
  return { starts: starts?.length, counted: kubelet?.restarts };
}
