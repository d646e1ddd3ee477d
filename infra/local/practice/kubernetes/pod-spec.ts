import type { JsonObject } from '../../../../engine/action.ts';
import { staticLimitOf } from '../etcd-stall.ts';
import { type Facts, TOLERATION_SECONDS } from '../facts.ts';
import { pick, suffixOf } from '../identity.ts';
import { templateHash } from '../naming.ts';
import { nowhere, type PodPlace } from '../placement.ts';
import { CONTROL_PLANE } from '../taints.ts';
import type { Workload } from '../workloads.ts';
import { staticCommand } from './static-pods.ts';

/** `spec` of a pod, with the defaults that the API server fills in. */
export function podSpec(facts: Facts, place: PodPlace): Record<string, unknown> {
  const { workload, node, name, life } = place;
  const isStatic = workload.kind === 'StaticPod';
  const token = `kube-api-access-${suffixOf(pick(10_000_000, 'token', name))}`;
  const command = isStatic ? { command: staticCommand(facts, workload.name, node) } : {};
  const limit = isStatic ? staticLimitOf(facts, workload) : workload.memory;
  const mounts = isStatic ? [] : [{ name: token, readOnly: true, mountPath: TOKEN_PATH }];
  return {
    volumes: isStatic ? [hostPath(`/etc/kubernetes/${workload.name}`)] : [tokenVolume(token)],
    ...(life && life.revision.hash !== templateHash(workload)
      ? withMounts(life.revision.template, mounts)
      : templateSpec(workload, limit, command, mounts)),
    ...(isStatic ? {} : { serviceAccountName: 'default', serviceAccount: 'default' }),
    ...(node === nowhere ? {} : { nodeName: node.name }),
    ...(workload.hostNetwork ? { hostNetwork: true } : {}),
    ...(workload.kind === 'DaemonSet' ? { affinity: boundTo(life?.meantFor?.name ?? node.name) } : {}),
    tolerations: tolerationsOf(workload),
    priority: isStatic ? 2_000_001_000 : 0,
    ...(isStatic ? { priorityClassName: 'system-node-critical' } : {}),
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

/** A DaemonSet's controller makes each pod for one node (since 1.12; the scheduler then binds it). */
function boundTo(node: string) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const nodeSelectorTerms = [{ matchFields }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The pod's part of a template that was changed, with what every container gets besides. */
function withMounts({ spec }: JsonObject, mounts: readonly unknown[]): object {
  const { containers = [], ...rest } = spec as { readonly containers?: readonly JsonObject[] };
  const mounted = containers.map((container) => {
    const { volumeMounts = [] } = container as { readonly volumeMounts?: readonly unknown[] };
    return { ...container, volumeMounts: [...volumeMounts, ...mounts] };
  });
  return { containers: mounted, ...rest };
}

/** What a pod has in common with the template it was made from. */
export function templateSpec(
  workload: Workload,
  limit: string | undefined,
  more: object = {},
  volumeMounts: readonly unknown[] = [],
) {
  const { container, image, port, cpu, memory, hostNetwork } = workload;
  return {
    containers: [
      {
        name: container,
        image,
        ...more,
        ...(port === undefined ? {} : { ports: [{ containerPort: port, protocol: 'TCP' }] }),
        // No CPU limit, so no throttling; kubeadm gives its static pods no limits at all, somebody may have.
        resources: {
          ...(limit === undefined ? {} : { limits: { memory: limit } }),
          requests: { cpu, memory },
        },
        ...(volumeMounts.length > 0 ? { volumeMounts } : {}),
        ...(port === undefined ? {} : { readinessProbe: readinessProbe(port) }),
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'IfNotPresent',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: hostNetwork ? 'ClusterFirstWithHostNet' : 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  };
}

function readinessProbe(port: number) {
  return {
    httpGet: { path: '/', port, scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  };
}

/** Daemons and static pods stay whatever happens to their node; all others leave a silent one after five minutes. */
function tolerationsOf({ kind, toleratesControlPlane }: Workload): unknown[] {
  const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  if (kind === 'StaticPod') return [{ operator: 'Exists', effect: 'NoExecute' }];
  if (kind === 'DaemonSet') return keys.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute' }));
  const tolerationSeconds = TOLERATION_SECONDS;
  const controlPlane = toleratesControlPlane ? [{ key: CONTROL_PLANE, operator: 'Exists', effect: 'NoSchedule' }] : [];
  return [...controlPlane, ...keys.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))];
}

function tokenVolume(name: string) {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: 420,
    },
  };
}

function hostPath(path: string) {
  return { name: 'k8s-certs', hostPath: { path, type: 'DirectoryOrCreate' } };
}
