import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import type { Maybe } from '../evidence.ts';
import { exporterOf, portOf } from '../ports.ts';
import { lifeOf, type NodeCause, wouldShow } from '../signs.ts';
import { ofSilence } from '../silence.ts';
import { ruledOutUnlessTold } from '../watched.ts';

/** Our own limit, for pointing at the disk: all tasks wait for I/O together this share of the time. */
export const IO_STALLED_SHARE = 0.2;

export const kubeletStuck: NodeCause = {
  title: 'The kubelet is stuck: its port accepts and stays silent',
  judge: ofSilence((_seen, maybe, { now }) => {
    const life = lifeOf(maybe, now);
    const port = portOf(maybe, now);
    // A lease that is renewed does not tell: half of a kubelet may be stuck.
    if (!port)
      return wouldShow(
        maybe,
        'port 10250 accepting and staying silent: up=0 with scrape_duration_seconds at the time-out',
      );
    switch (port.kind) {
      case 'answers':
      case 'lives':
        return ruledOutUnlessTold(port.words, 'kubelet', maybe, now);
      case 'half':
        return ruledOutUnlessTold(`${port.words}: only what needs the container runtime hangs`, 'kubelet', maybe, now);
      case 'refuses':
        return ruledOut(`${port.words}; a stuck one accepts the connection`);
      case 'unclear':
        return inconclusive(port.words);
    }
    if (life.state === 'renewing') {
      return inconclusive(
        `${port.words}, yet ${life.words}${disk(maybe)}: half of it is stuck (a slow disk does that), or the way from Prometheus to its port is blocked`,
      );
    }
    const exporter = exporterOf(maybe, now);
    if (exporter?.kind === 'unclear') return inconclusive(`${port.words}; ${exporter.words}`);
    if (exporter?.kind === 'answers')
      return unlessCutOff(`${port.words} while ${exporter.words}, and ${life.words}`, maybe);
    return inconclusive(
      exporter
        ? `${port.words}, but ${exporter.words} too: the whole machine is silent`
        : `${port.words}; no node_exporter is scraped, and without that second witness a dead machine looks the same`,
    );
  }),
  remedies: ['cordon', 'lookBeforeRestart', 'keepPods'],
};

/** One that is cut off stays silent as well, as soon as it has to ask the API server who Prometheus is. */
function unlessCutOff(words: string, maybe: Maybe) {
  const unanswered = maybe.apiCalls?.unansweredPerSecond;
  if (unanswered === undefined) {
    return inconclusive(
      `${words}${disk(maybe)}; one that is cut off from the API server cannot ask who Prometheus is, and is as silent: whether its calls got answers before could not be seen`,
    );
  }
  if (unanswered > 0) {
    return inconclusive(
      `${words}; but ${unanswered.toFixed(2)} calls a second to the API server got no answer when they were last seen, and one that is cut off cannot ask who Prometheus is: it is as silent`,
    );
  }
  return confirmed(`${words}, and its calls to the API server got answers until then${disk(maybe)}`);
}

function disk({ machine }: Maybe): string {
  const share = machine?.ioStalledShare;
  if (share === undefined || share < IO_STALLED_SHARE) return '';
  return `; all its tasks wait for I/O ${Math.round(share * 100)} % of the time, so look at the disk first`;
}
