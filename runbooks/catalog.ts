import { type AnyRunbook, anyRunbook } from '../engine/runbook.ts';
import { runbook as anyAlert } from './any-alert/index.ts';
import { runbook as api429 } from './api-429/index.ts';
import { runbook as clusterDns } from './cluster-dns/index.ts';
import { runbook as controlPlaneDown } from './control-plane-down/index.ts';
import { runbook as diskIo } from './disk-io/index.ts';
import { runbook as endpointFlapping } from './endpoint-flapping/index.ts';
import { runbook as etcdHeartbeat } from './etcd-heartbeat/index.ts';
import { runbook as nodeNotReady } from './node-not-ready/index.ts';
import { runbook as pidExhaustion } from './pid-exhaustion/index.ts';
import { runbook as podNetwork } from './pod-network/index.ts';

/** Every runbook. Adding one is two lines here: its import, and its place in this list. */
export const catalog: readonly AnyRunbook[] = [
  // In the order they are listed.
  anyRunbook(etcdHeartbeat),
  anyRunbook(nodeNotReady),
  anyRunbook(diskIo),
  anyRunbook(pidExhaustion),
  anyRunbook(api429),
  anyRunbook(endpointFlapping),
  anyRunbook(clusterDns),
  anyRunbook(controlPlaneDown),
  anyRunbook(podNetwork),
  // Last: it answers what no other does.
  anyRunbook(anyAlert),
];
