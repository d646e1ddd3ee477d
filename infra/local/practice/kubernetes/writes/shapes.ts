/**
 * What the API server knows of an object's fields: enough to drop the unknown, to refuse the wrong type, and to merge
 * lists as their types say. `any`: whatever stands there is kept as it is.
 */
export type Shape =
  | 'any'
  | 'bool'
  | 'int'
  | 'string'
  | 'quantity'
  | { readonly map: Shape }
  | { readonly list: Shape; readonly key?: string }
  | { readonly fields: Readonly<Record<string, Shape>> };

/** `a b c`: fields of one shape. */
function all(names: string, shape: Shape): Readonly<Record<string, Shape>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, shape]));
}

const strings: Shape = { map: 'string' };
const metadata: Shape = {
  fields: {
    ...all('name generateName namespace uid resourceVersion selfLink creationTimestamp deletionTimestamp', 'any'),
    ...all('generation deletionGracePeriodSeconds ownerReferences finalizers managedFields', 'any'),
    labels: strings,
    annotations: strings,
  },
};

// Merge keys and field names: k8s.io/api, core/v1 and apps/v1 types.go (patchMergeKey, patchStrategy).
const container: Shape = {
  fields: {
    ...all(
      'name image workingDir terminationMessagePath terminationMessagePolicy imagePullPolicy restartPolicy',
      'string',
    ),
    ...all('stdin stdinOnce tty', 'bool'),
    ...all('command args', { list: 'string' }),
    ...all('livenessProbe readinessProbe startupProbe lifecycle securityContext', 'any'),
    ...all('envFrom resizePolicy', { list: 'any' }),
    env: { list: 'any', key: 'name' },
    ports: {
      list: { fields: { ...all('name protocol hostIP', 'string'), ...all('containerPort hostPort', 'int') } },
      key: 'containerPort',
    },
    volumeMounts: { list: 'any', key: 'mountPath' },
    volumeDevices: { list: 'any', key: 'devicePath' },
    resources: { fields: { ...all('limits requests', { map: 'quantity' }), claims: { list: 'any', key: 'name' } } },
  },
};

const podSpec: Shape = {
  fields: {
    ...all('containers initContainers ephemeralContainers', { list: container, key: 'name' }),
    ...all('volumes imagePullSecrets', { list: 'any', key: 'name' }),
    ...all('hostAliases', { list: 'any', key: 'ip' }),
    ...all('topologySpreadConstraints', { list: 'any', key: 'topologyKey' }),
    ...all('tolerations readinessGates schedulingGates resourceClaims', { list: 'any' }),
    ...all('restartPolicy dnsPolicy serviceAccountName serviceAccount nodeName schedulerName hostname', 'string'),
    ...all('subdomain priorityClassName runtimeClassName preemptionPolicy', 'string'),
    ...all('hostNetwork hostPID hostIPC hostUsers shareProcessNamespace enableServiceLinks', 'bool'),
    ...all('automountServiceAccountToken setHostnameAsFQDN', 'bool'),
    ...all('terminationGracePeriodSeconds activeDeadlineSeconds priority', 'int'),
    ...all('securityContext affinity dnsConfig overhead os', 'any'),
    nodeSelector: strings,
  },
};

const workload = {
  selector: 'any',
  template: { fields: { metadata, spec: podSpec } },
  ...all('minReadySeconds revisionHistoryLimit', 'int'),
} as const satisfies Readonly<Record<string, Shape>>;

const taint: Shape = { fields: all('key value effect timeAdded', 'string') };

const specs: Readonly<Record<string, Shape>> = {
  Node: {
    fields: {
      ...all('podCIDR providerID externalID', 'string'),
      podCIDRs: { list: 'string' },
      configSource: 'any',
      unschedulable: 'bool',
      taints: { list: taint },
    },
  },
  Pod: podSpec,
  Deployment: {
    fields: { ...workload, replicas: 'int', paused: 'bool', progressDeadlineSeconds: 'int', strategy: 'any' },
  },
  StatefulSet: {
    fields: {
      ...workload,
      replicas: 'int',
      ...all('serviceName podManagementPolicy', 'string'),
      ...all('updateStrategy persistentVolumeClaimRetentionPolicy ordinals', 'any'),
      volumeClaimTemplates: { list: 'any' },
    },
  },
  DaemonSet: { fields: { ...workload, updateStrategy: 'any' } },
  FlowSchema: {
    fields: {
      priorityLevelConfiguration: { fields: { name: 'string' } },
      matchingPrecedence: 'int',
      distinguisherMethod: { fields: { type: 'string' } },
      rules: { list: { fields: all('subjects resourceRules nonResourceRules', { list: 'any' }) } },
    },
  },
  PriorityLevelConfiguration: {
    fields: {
      type: 'string',
      exempt: { fields: all('nominalConcurrencyShares lendablePercent', 'int') },
      limited: {
        fields: {
          ...all('nominalConcurrencyShares lendablePercent borrowingLimitPercent', 'int'),
          limitResponse: {
            fields: { type: 'string', queuing: { fields: all('queues handSize queueLengthLimit', 'int') } },
          },
        },
      },
    },
  },
  Scale: { fields: { replicas: 'int' } },
};

export function shapeOf(kind: string): Shape {
  return { fields: { apiVersion: 'string', kind: 'string', metadata, spec: specs[kind] ?? 'any', status: 'any' } };
}
