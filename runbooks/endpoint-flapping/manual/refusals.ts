import type { Manual } from './names.ts';

export const keepGrace: Manual = {
  title: 'What not to do about late heartbeats',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not raise --node-monitor-grace-period to 60 or 120 s',
      warning:
        'It hides what makes heartbeats late, and Services send to the pods of a dead node for that much longer. 50 s outlasts a connection that hangs; more is for nobody.',
    },
    {
      kind: 'advice',
      title: 'Do not blame images or the number of containers',
      warning:
        'That is true of kubelets before leases (1.14). Now a heartbeat is one small write of its own, which waits for no list of images. It is late when all of the kubelet stands still, its clock jumps, or nobody takes the write.',
    },
    {
      kind: 'advice',
      title: 'Do not raise the verbosity of the controller manager to see more',
      warning: 'It is started anew for it, and counts every grace period afresh. Watch the lease instead.',
    },
  ],
};

export const keepEndpoints: Manual = {
  title: 'What not to do about endpoints',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not edit EndpointSlices or the status of pods',
      warning: 'Their controllers write them again within seconds; the node is what has to be heard of.',
    },
    {
      kind: 'advice',
      title: 'Do not delete the pods',
      warning: 'Their containers are well. New ones on the same node would be called not ready with it the next time.',
    },
  ],
};
