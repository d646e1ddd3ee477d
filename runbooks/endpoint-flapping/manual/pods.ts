import { type Manual, podArgs } from './names.ts';

export const askProbe: Manual = {
  title: 'Find out why the readiness probe fails',
  risk: 'none',
  steps: (maybe, target) => {
    const pod = podArgs(maybe, target);
    return [
      {
        kind: 'look',
        title: 'What is probed, how patiently, and what it says',
        command: `kubectl get pod ${pod} -o jsonpath='{range .spec.containers[*]}{.name}{" "}{.readinessProbe}{"\\n"}{end}'; kubectl describe pod ${pod} | grep -iE "unhealthy|limits|cpu|memory"; kubectl top pod ${pod} --containers`,
        shows:
          'timeoutSeconds 1 (the default) with CPU at its limit: the container is throttled. A probe that asks other services fails with them',
      },
      {
        kind: 'advice',
        title: 'Before the probe is made more patient',
        warning:
          'It says that requests fail too. A longer time-out keeps sending requests to a container that cannot answer; more CPU, or a probe that asks only the container itself, mends it.',
      },
    ];
  },
};

export const askContainer: Manual = {
  title: 'Read why the container ended',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Its last words, and how it ended',
      command: `kubectl logs ${podArgs(maybe, target)} --previous --all-containers --tail=50; kubectl get pod ${podArgs(maybe, target)} -o jsonpath='{.status.initContainerStatuses[*].lastState}{.status.containerStatuses[*].lastState}'`,
      shows:
        'OOMKilled: its memory limit, or a leak. 137 without it: a liveness probe ended it (event Killing). Else its own error',
    },
  ],
};

export const askGate: Manual = {
  title: 'Ask who should open the readiness gate',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Which gate, since when, and with which words',
      command: `kubectl get pod ${podArgs(maybe, target)} -o jsonpath='{range .status.conditions[*]}{.type}{" "}{.status}{" "}{.lastTransitionTime}{" "}{.message}{"\\n"}{end}'`,
      shows:
        'target-health.elbv2.k8s.aws/…: the load balancer finds the target unhealthy. The name of the condition names its controller: read its log',
    },
  ],
};

export const askStart: Manual = {
  title: 'See what the pod waits for',
  risk: 'none',
  steps: (maybe, target) => [
    {
      kind: 'look',
      title: 'Its events, the latest last',
      command: `kubectl describe pod ${podArgs(maybe, target)} | tail -20`,
    },
  ],
};

export const askEnding: Manual = {
  title: 'Find out what keeps the pod',
  risk: 'none',
  steps: (maybe, target) => {
    const pod = podArgs(maybe, target, ({ isEnding }) => isEnding);
    return [
      {
        kind: 'look',
        title: 'Since when, its finalizers, its node, and what its kubelet says',
        command: `kubectl get pod ${pod} -o jsonpath='{.metadata.deletionTimestamp}{" "}{.metadata.finalizers}{" "}{.spec.nodeName}{"\\n"}'; kubectl describe pod ${pod} | tail -20`,
        shows:
          'A finalizer: the controller it names has not let go; read its log. None, and a node that is not Ready: nobody there ends it. FailedKillPod, or a volume that is not unmounted: the kubelet or the runtime of its node',
      },
      {
        kind: 'advice',
        title: 'Before it is deleted by force',
        warning:
          'That (--force --grace-period=0) takes away its name, not its containers: of a StatefulSet two then run under one name. Only when its node is known to be off (https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/).',
      },
    ];
  },
};

export const watchRollout: Manual = {
  title: 'See that it comes to an end',
  risk: 'none',
  steps: (maybe, target) => {
    const { namespace = '<namespace>' } = 'namespace' in target ? target : (maybe.pods?.pods[0] ?? {});
    return [
      {
        kind: 'look',
        title: 'Rollouts under way, and pods that are being ended',
        command: `kubectl get deploy,sts,ds -n ${namespace}; kubectl get pods -n ${namespace} --sort-by=.metadata.creationTimestamp | tail -15`,
        shows:
          'READY as wanted and no new pod: it is over. Endless new pods: something replaces them again and again (an autoscaler, an eviction under pressure)',
      },
    ];
  },
};
