import type { Manual } from './commands.ts';

export const keepPods: Manual = {
  title: 'What not to do while the node is silent',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not force-delete its pods, and do not delete the Node',
      warning:
        'Its containers run on and answer although the API calls them not ready; a second copy of a StatefulSet pod would write to the same data. The API server replaces pods by itself after 300 s.',
    },
    {
      kind: 'advice',
      title: 'Do not raise --node-monitor-grace-period',
      warning:
        'It hides the stall and keeps dead backends in every Service for longer. Since leases are renewed by a loop of their own, a slow status no longer makes a node Unknown.',
    },
    {
      kind: 'advice',
      title: 'Do not reboot or reinstall first',
      warning: 'It takes the evidence with it; one service at a time, then look again.',
    },
  ],
};

export const keepKubelet: Manual = {
  title: 'What not to do under pressure',
  risk: 'high',
  steps: () => [
    {
      kind: 'advice',
      title: 'Do not restart the kubelet',
      warning:
        'Every pod passes admission again, and with the condition still true all running pods of the node are failed at once (measured).',
    },
    {
      kind: 'advice',
      title: 'Do not count on the images being there',
      warning:
        'To free disk the kubelet may have deleted every image, the pause image among them, without an event: pods start again only if a registry answers.',
    },
  ],
};
