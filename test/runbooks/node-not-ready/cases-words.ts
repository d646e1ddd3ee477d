import type { Case } from '../../../engine/replay.ts';
import { caseOf } from './case.ts';
import { wellKubelet } from './worlds.ts';
import { saying } from './worlds-changed.ts';

/** What a kubelet says before it has heard of its runtime (kubelet, `runtime.go` and `pleg/generic.go`). */
const young =
  '[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]';

/** Of a runtime that is down, joined with what was last heard of the network. */
const bothDown =
  '[container runtime is down, container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized]';

/** What Docker's shim answers for a daemon that is not there, as cri-dockerd does. */
const noDaemon =
  'container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';
const slowDaemon =
  'container runtime not ready: RuntimeReady=false reason:DockerDaemonNotReady message:docker: failed to get docker version: operation timeout: context deadline exceeded';

/** Told by the words of a live kubelet alone, all its figures as in health. */
export const words: Record<string, Case> = {
  'kubelet-just-started': caseOf(
    'A kubelet that has just been started: it has not relisted yet, nor heard of its runtime.',
    { ...saying(young), kubelet: { ...wellKubelet, restarts: 1 } },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'ruled-out' },
  ),
  'runtime-down-and-network-not-ready': caseOf(
    'A kubelet that has not heard of its runtime for a while, and had heard before that the network was not ready.',
    { ...saying(bothDown), kubelet: { restarts: 0 } },
    { confirmed: ['runtimeGone'], recovered: 'ruled-out' },
  ),
  'docker-is-not-there': caseOf('Docker was ended; its shim lives and says so.', saying(noDaemon), {
    confirmed: ['runtimeGone'],
    recovered: 'ruled-out',
  }),
  'docker-does-not-answer-its-shim': caseOf(
    'Docker hangs; its shim lives and says that it does not answer. No relists are counted.',
    { ...saying(slowDaemon), kubelet: { restarts: 0 } },
    { inconclusive: ['runtimeGone', 'runtimeHangs'], recovered: 'ruled-out' },
  ),
};
