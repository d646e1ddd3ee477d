import * as dns from '../../../../../runbooks/cluster-dns/queries.ts';
import * as plane from '../../../../../runbooks/control-plane-down/queries.ts';
import * as disk from '../../../../../runbooks/disk-io/queries.ts';
import {
  apiServerFigures,
  containerFigures,
  etcdFigures,
  etcdJob,
  machineFigures,
  nodeFigures,
  writerFigures,
} from '../../../../../runbooks/etcd-heartbeat/queries.ts';
import { together } from '../../../../../runbooks/evidence/figures.ts';
import { exporterUp, kubeletUp } from '../../../../../runbooks/evidence/scrape-targets.ts';
import * as node from '../../../../../runbooks/node-not-ready/queries.ts';
import * as pids from '../../../../../runbooks/pid-exhaustion/queries.ts';
import * as network from '../../../../../runbooks/pod-network/queries.ts';

const kubelet = { job: 'kubelet', instance: '10.0.0.1:10250' };
const exporter = { job: 'node-exporter', instance: '10.0.0.1:9100' };

/** The PromQL of the runbooks as they send it. */
export const runbookQueries: readonly string[] = [
  ...Object.values(etcdFigures(etcdJob(undefined))).map(together),
  together(containerFigures),
  together(nodeFigures(['10.0.0.1', '10.0.0.2'])),
  together(machineFigures(['10.0.0.1', '10.0.0.2'])),
  together(writerFigures(['10.0.0.1', '10.0.0.2'])),
  together(apiServerFigures),
  node.kubeletScrapes('n'),
  node.exporterScrapes('n'),
  node.kubeletFigures(kubelet),
  node.apiCalls(kubelet),
  node.expiredCertificates(),
  node.nodeHistory('n'),
  node.fleet(),
  node.machineFigures(exporter),
  disk.diskFigures(exporter),
  disk.bestOfDisks(exporter),
  disk.mountFigures(exporter),
  disk.machineFigures(exporter),
  disk.writerFigures(kubelet),
  disk.logFigures(kubelet),
  disk.pullFigures(kubelet),
  disk.heartbeatFigures('n'),
  disk.scrapeFigures(kubelet),
  disk.fleetFigures('n'),
  pids.podFigures(kubelet),
  pids.machineFigures(exporter),
  network.agentFigures(kubelet, [{ namespace: 'kube-system', name: 'kube-proxy-1' }]),
  network.kubeletFigures(kubelet),
  network.proxyFigures({ namespace: 'kube-system', name: 'kube-proxy-1' }),
  dns.answerFigures(),
  dns.upstreamFigures(),
  dns.apiFigures(),
  dns.processFigures(),
  dns.conntrackFigures(),
  plane.queryOf.scrapes({ kind: 'Component', name: 'kube-scheduler' }),
  plane.queryOf.work({ kind: 'Component', name: 'kube-scheduler' }),
  kubeletUp('n'),
  exporterUp('n'),
];
