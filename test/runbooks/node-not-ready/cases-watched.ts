import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import type { World } from './compose.ts';
import { withCondition } from './recording-changes.ts';
import { well } from './worlds.ts';

interface Report {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** A node that is well by its own word, and what somebody else on the machine reported of it so many minutes ago. */
function reported(report: Report, minutesAgo = 1): World {
  const ago = (minutes: number) => new Date(Date.parse(well.recording.now) - minutes * 60_000).toISOString();
  const times = { lastHeartbeatTime: ago(minutesAgo), lastTransitionTime: ago(minutesAgo + 10) };
  return { ...well, recording: withCondition('healthy', { ...report, ...times }) };
}

const corrupt: Report = {
  type: 'FilesystemCorruptionProblem',
  status: 'True',
  reason: 'FilesystemCorruptionDetected',
  message: 'Found "structure needs cleaning" in containerd journal',
};
const runtime: Report = {
  type: 'ContainerRuntimeUnhealthy',
  status: 'True',
  reason: 'ContainerdUnhealthy',
  message: 'containerd is not healthy',
};
const kubelet: Report = {
  type: 'KubeletProblem',
  status: 'True',
  reason: 'KubeletIsDown',
  message: 'kubelet is not running',
};
const restarting: Report = {
  type: 'FrequentKubeletRestart',
  status: 'True',
  reason: 'FrequentKubeletRestart',
  message: 'Found 5 matching logs, which meets the threshold of 5',
};
const network: Report = {
  type: 'NetworkingReady',
  status: 'False',
  reason: 'IPAMDNotReady',
  message: 'IPAMD has failed to connect to the API server',
};

/** Conditions of node-problem-detector, of AKS and of the EKS node monitoring agent. */
export const watched: Record<string, Case> = {
  'file-system-reported-corrupt': caseOf(
    'AKS reports a file system that is corrupt; the kubelet says Ready.',
    reported(corrupt),
    { confirmed: ['kernelTrouble'], ruledOut: ['kernelTrouble'], recovered: 'ruled-out' },
  ),
  'runtime-reported-unhealthy': caseOf(
    'node-problem-detector reports a runtime that does not answer it; the kubelet says Ready, and its calls are answered.',
    reported(runtime),
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'confirmed' },
  ),
  'runtime-reported-unhealthy-20-minutes-ago': caseOf(
    'The same, and since 20 minutes node-problem-detector is not heard any more.',
    reported(runtime, 20),
    { recovered: 'confirmed' },
  ),
  'kubelet-reported-down': caseOf(
    'AKS reports a kubelet that does not answer it; it answers Prometheus, and renews its lease.',
    reported(kubelet),
    { inconclusive: ['kubeletStuck'], recovered: 'confirmed' },
  ),
  'kubelet-reported-restarting': caseOf(
    'node-problem-detector reports five starts of the kubelet within 20 minutes; Prometheus saw none of them.',
    reported(restarting),
    { inconclusive: ['kubeletStopped'], recovered: 'confirmed' },
  ),
  'network-reported-not-ready': caseOf(
    'The EKS node monitoring agent reports a network that is not ready; the kubelet says Ready.',
    reported(network),
    { inconclusive: ['networkPlugin'], recovered: 'confirmed' },
  ),
};
