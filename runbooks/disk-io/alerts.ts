import type { AlertMatch } from '../../engine/runbook.ts';

/**
 * What names the disk: alerts on queues, latency and I/O wait of a machine, and our own rules
 * (infra/prometheus/rules/disk-io.yaml). An alert belongs to one runbook, by its exact name; so the alerts that say
 * only that a node comes and goes (KubeNodeReadinessFlapping, KubeNodeNotReady) stay with node-not-ready, which points
 * here when tasks wait for I/O, and NodeNotReadyIoSaturated says both at once.
 */
export const alerts: readonly AlertMatch[] = [
  { name: 'NodeDiskIOSaturation', family: 'node-exporter' },
  { name: 'NodeSystemSaturation', family: 'node-exporter' },
  { name: 'HostCpuHighIowait', family: 'node-exporter' },
  { name: 'HostDiskIoUtilizationHigh', family: 'node-exporter' },
  { name: 'HostUnusualDiskIo', family: 'node-exporter' },
  { name: 'HostUnusualDiskReadLatency', family: 'node-exporter' },
  { name: 'HostUnusualDiskWriteLatency', family: 'node-exporter' },
  // Our own: by the label `node`. That of the container that floods is the kubelet's, not its pod's.
  { name: 'NodeIoPressureHigh', family: 'node-object' },
  { name: 'NodeNotReadyIoSaturated', family: 'node-object' },
  { name: 'ContainerLogFlood', family: 'kubelet' },
];
