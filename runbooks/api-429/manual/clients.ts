import { type Manual, ready, whoWaits } from './commands.ts';

export const calmClient: Manual = {
  title: 'Make the noisy client ask less',
  risk: 'low',
  steps: ({ rollouts = [] }) => {
    const changed = rollouts.find(({ count }) => count !== undefined)?.count ?? 0;
    return [
      whoWaits,
      ...(changed > 3
        ? [
            {
              kind: 'look',
              title: `${changed} Deployments changed within half an hour: is it a rollout of everything at once?`,
              command:
                'kubectl get events -A --field-selector reason=ScalingReplicaSet --sort-by=.lastTimestamp | tail -20',
              shows: 'who was rolled out, and when; kubectl rollout pause holds one where it is',
            } as const,
          ]
        : []),
      {
        kind: 'advice',
        title:
          'In its code: list with resourceVersion=0 or watch, page with limit, back off on 429 as Retry-After says',
        warning:
          'A list without resourceVersion decodes every object out of etcd: 500 ms for 10,000 pods, against 2 ms from the cache (measured)',
      },
      {
        kind: 'advice',
        title: 'Do not raise --max-requests-inflight, and do not give the client more shares',
        warning: 'It asks as much as it gets: the next one to be slow is etcd, and then all are refused',
      },
    ];
  },
};

export const waitForBudget: Manual = {
  title: 'See which disruption budget holds the eviction up',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Which budget allows no disruption?',
      command:
        "kubectl get pdb -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,ALLOWED:.status.disruptionsAllowed,HEALTHY:.status.currentHealthy,WANTED:.status.desiredHealthy | awk 'NR==1 || $3==0'",
      shows: 'HEALTHY below or at WANTED: its pods are not ready elsewhere, or it wants all of them',
    },
    {
      kind: 'advice',
      title: 'It is no overload of the API server: whoever drains waits or mends the pods',
      warning:
        'kubectl drain asks again every 5 s. Deleting the pod instead goes past the budget, and takes away what it protects',
    },
  ],
};

export const calmWebhook: Manual = {
  title: 'Make the admission webhook quick, or narrow',
  risk: 'medium',
  steps: ({ webhooks = [] }) => {
    const [worst] = [...webhooks].sort((a, b) => (b.p99 ?? 0) - (a.p99 ?? 0));
    return [
      {
        kind: 'look',
        title: `What does ${worst?.name || 'the webhook'} listen to, how long may it take, and where does it run?`,
        command:
          "kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o json | jq -r '.items[].webhooks[] | [.name, .failurePolicy, .timeoutSeconds, .clientConfig.service.namespace, .clientConfig.service.name] | @tsv'",
        shows:
          'name, failurePolicy, timeoutSeconds, and the service behind it: look at its pods and what they wait for',
      },
      {
        kind: 'advice',
        title: 'A shorter timeoutSeconds or failurePolicy: Ignore is for the owner of the policy to decide',
        warning:
          'Ignore lets through what the webhook is there to stop. Narrowing its rules or its namespaceSelector costs nothing',
      },
    ];
  },
};

export const turnFairnessOn: Manual = {
  title: 'Turn priority and fairness on',
  risk: 'high',
  steps: () => [
    {
      kind: 'change',
      title: 'On each control-plane node, one after the other: take --enable-priority-and-fairness=false away',
      command:
        'sudo cp /etc/kubernetes/manifests/kube-apiserver.yaml /root/kube-apiserver.yaml.before && sudo vi /etc/kubernetes/manifests/kube-apiserver.yaml',
      verify: {
        command: 'kubectl get --raw /debug/api_priority_and_fairness/dump_priority_levels',
        shows: 'a table of priority levels',
      },
      warning: 'The API server starts anew and its clients list anew. Not while etcd is slow',
    },
    { kind: 'look', title: 'Does it serve again?', ...ready },
  ],
};
