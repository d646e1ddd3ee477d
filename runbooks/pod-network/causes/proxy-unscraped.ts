import { confirmed, inconclusive, ruledOut } from '../../../engine/verdict.ts';
import { agentWords, nameOf } from '../agents.ts';
import { type NetworkCause, ofLiveKubelet } from '../signs.ts';

/** It listens on 127.0.0.1:10249 unless told otherwise (KubeProxyConfiguration, metricsBindAddress). */
export const proxyUnscraped: NetworkCause = {
  title: 'kube-proxy runs; only its metrics are not reached',
  judge: ofLiveKubelet(({ agents, proxy }) => {
    const pod = agents.agents.find(({ app }) => app === 'kube-proxy');
    if (!pod || proxy === null) return ruledOut('no kube-proxy runs here: the plug-in does its work, or it is missing');
    if (!pod.ready) return ruledOut(agentWords(pod));
    if (proxy.up === 1) return ruledOut(`${nameOf(pod)} is ready and scraped`);
    if (proxy.up === undefined) return inconclusive(`${nameOf(pod)} is ready; Prometheus has no target for it`);
    return confirmed(`${nameOf(pod)} is ready, and its scrape fails`);
  }),
  remedies: ['openMetrics'],
};
