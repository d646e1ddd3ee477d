import type { ManualStep } from '../../../engine/runbook.ts';
import { limits } from '../limits.ts';
import { own } from '../members.ts';
import type { Maybe } from '../seen.ts';
import { bytes, listed } from '../words.ts';
import { type Manual, ready } from './commands.ts';

/** etcd's hardware guide calls 8 GB typical; its FAQ wants memory for the whole quota. Twice the peak is a judgement. */
function wantedBytes({ pods = [], members = [], containers = [] }: Maybe): number {
  const quotas = pods.map(({ quotaBytes }) => quotaBytes ?? limits.defaultQuotaBytes);
  const peaks = [
    ...members.map(({ highestBytes = 0 }) => highestBytes),
    ...containers.filter(({ container }) => container === 'etcd').map(({ memoryBytes = 0 }) => memoryBytes),
  ];
  return Math.ceil(Math.max(limits.defaultQuotaBytes, ...quotas, ...peaks.map((peak) => 2 * peak)));
}

function placesOf({ pods = [], containers = [] }: Maybe): string {
  const names =
    pods.length > 0
      ? pods.map(({ node }) => node)
      : containers.filter(({ container }) => container === 'etcd').map(({ pod }) => pod.replace(/^etcd-/, ''));
  return names.length === 0 ? 'each machine of etcd' : `${listed([...new Set(names)].sort())}, one after the other`;
}

/** Followers first; measured: members under pressure do not recover in place but exit, and must be started again. */
export const raiseMemory: Manual = {
  title: 'Give etcd more memory',
  risk: 'high',
  steps: (maybe): readonly ManualStep[] => {
    const wanted = bytes(wantedBytes(own(maybe, maybe)));
    return [
      {
        kind: 'look',
        title: 'On the machine: is it held at its limit, and does the machine have memory to give?',
        command:
          'ps -o pid,stat,rss,cmd -C etcd; free -m; sudo journalctl -k --since -1h | grep -i "out of memory"; sudo crictl logs --tail 20 "$(sudo crictl ps -a --name etcd -q | head -1)"',
        shows: 'STAT S with a flat RSS and "cannot allocate memory": held at the limit; "out of memory": killed at it',
      },
      {
        kind: 'change',
        title: `On ${placesOf(maybe)}: set its memory limit to ${wanted} at least, or take it away`,
        command:
          'sudo cp /etc/kubernetes/manifests/etcd.yaml /root/etcd.yaml.before && sudo vi /etc/kubernetes/manifests/etcd.yaml   # resources.limits.memory',
        verify: {
          command: 'kubectl get --raw /readyz/etcd; sudo crictl ps --name etcd',
          shows: 'ok, and an etcd that has been running for seconds',
        },
        warning:
          'Expect that member to end at once: an allocation failed long ago and it only could not say so (measured). See that something starts it again (kubelet, systemd, docker --restart). The next one only when etcd has a quorum',
      },
      {
        kind: 'change',
        title: 'Outside Kubernetes: the limit is in its unit or in docker',
        command: `sudo systemctl set-property etcd.service MemoryMax=infinity   # docker: sudo docker update --memory ${wantedBytes(maybe)} --memory-swap ${wantedBytes(maybe)} etcd, and start it without --oom-kill-disable`,
        verify: {
          command: `systemctl show etcd.service -p MemoryMax   # docker: sudo docker inspect -f '{{.HostConfig.Memory}}' etcd; then ${ready.command}`,
          shows: `the new limit (docker leaves it as it is at --memory 0); ${ready.shows}`,
        },
        warning:
          'Never --oom-kill-disable: a process that may not be killed at its limit hangs, and nothing starts it again',
      },
      {
        kind: 'advice',
        title: 'Do not restart the API server, and do not reboot',
        warning:
          'Each of its requests waits for etcd: after a start all clients list anew, which is more than etcd got before, and the evidence is gone. Measured: with etcd at its limit a restart changes nothing',
      },
    ];
  },
};

export const askEtcd: Manual = {
  title: 'Find out why etcd is slow',
  risk: 'none',
  steps: () => [
    {
      kind: 'look',
      title: 'Let the runbook about etcd look: disk, CPU, network, applies, space, members',
      command: 'npx nightshift investigate etcd-heartbeat --target component/etcd',
      shows: 'the cause with its fix, or which metrics are missing',
    },
    {
      kind: 'advice',
      title: 'Do not raise --max-requests-inflight',
      warning: 'More requests at once are more load for an etcd that cannot serve those it has; the 429s keep it alive',
    },
    {
      kind: 'advice',
      title: 'Stagger what writes much: rollouts in batches of three at most',
      warning: 'kubectl rollout pause stops a Deployment where it is; resume one when the one before is done',
    },
  ],
};
