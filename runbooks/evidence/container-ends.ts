import type { AlertMatch } from '../../engine/runbook.ts';

/** They are about any container: only their labels say whose it is. */
const NAMES = ['KubePodCrashLooping', 'KubernetesPodCrashLooping', 'KubeContainerWaiting'];

/** Alerts that this container of `kube-system` ends again and again, or does not start. */
export function containerEnds(
  container: string,
  about: Pick<AlertMatch, 'family' | 'component' | 'perJob'>,
): readonly AlertMatch[] {
  const labels = { namespace: ['kube-system'], container: [container] };
  return NAMES.map((name) => ({ name, labels, ...about, toldByExporter: true }));
}
