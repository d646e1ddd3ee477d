import type { AlertMatch } from '../../engine/runbook.ts';
import { containerEnds } from '../evidence/container-ends.ts';
import type { Component } from './target.ts';

/**
 * What these names mean differs by version, and seldom what they say: `absent(up{…} == 1)` ("no target answers") until
 * kubernetes-mixin of early 2026, since then `absent(up{…})` ("no target is discovered"); a target that is known and does
 * not answer is then `…InstanceUnreachable`. None of them looks at the component itself. etcd's alerts are answered by
 * etcd-heartbeat; `KubeProxyDown` is about a DaemonSet, and no component of the control plane.
 */
const names: Readonly<Record<Component, readonly string[]>> = {
  'kube-scheduler': ['KubeSchedulerDown', 'KubeSchedulerInstanceUnreachable'],
  'kube-controller-manager': ['KubeControllerManagerDown', 'KubeControllerManagerInstanceUnreachable'],
  'kube-apiserver': ['KubeAPIDown', 'KubeAPIInstanceUnreachable'],
};

const jobs: Readonly<Record<Component, readonly string[]>> = {
  'kube-scheduler': ['kube-scheduler'],
  'kube-controller-manager': ['kube-controller-manager'],
  'kube-apiserver': ['apiserver', 'kube-apiserver'],
};

const all = Object.keys(names) as readonly Component[];

export const alerts: readonly AlertMatch[] = all.flatMap((component) => {
  const about = { family: 'component', component } as const;
  const own = names[component].map((name) => ({ name, ...about }));
  const targets = { name: 'TargetDown', labels: { job: jobs[component] }, ...about };
  return [...own, targets, ...containerEnds(component, about)];
});
