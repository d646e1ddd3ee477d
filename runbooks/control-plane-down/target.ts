import * as z from 'zod';
import { ComponentTarget } from '../../engine/target.ts';

const components = ['kube-scheduler', 'kube-controller-manager', 'kube-apiserver'] as const;
export type Component = (typeof components)[number];

/** All instances of one component. `job` is the scrape job that the alert is about. */
export const ControlPlaneTarget = ComponentTarget.extend({ name: z.enum(components) });
export type ControlPlaneTarget = z.infer<typeof ControlPlaneTarget>;

/** What it is called in kubeadm's files and phases, where it tells its health, and who its kubeconfig belongs to. */
export interface About {
  /** `kubeadm init phase control-plane …`, and without the prefix in the names of its files. */
  readonly short: string;
  readonly port: number;
  /** As `kubeadm certs renew` names them: what it shows to whom it depends on, and what that shows to it. */
  readonly certificate: string;
  readonly others: { readonly component: string; readonly certificate: string };
  /** The Lease that its instances elect their leader by; the API server has none. */
  readonly lease?: string;
  /** What stands still while no instance of it works, and what works on all the same. */
  readonly standsStill: string;
  readonly worksOn: string;
}

/**
 * Ports and files: https://kubernetes.io/docs/reference/networking/ports-and-protocols/ and
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/
 */
const about: Readonly<Record<Component, About>> = {
  'kube-scheduler': {
    short: 'scheduler',
    port: 10_259,
    certificate: 'scheduler.conf',
    others: { component: 'kube-apiserver', certificate: 'apiserver' },
    lease: 'kube-scheduler',
    standsStill: 'new and replaced pods stay Pending, without an event',
    worksOn: 'running pods, Services, DNS, kubectl, the controllers',
  },
  'kube-controller-manager': {
    short: 'controller-manager',
    port: 10_257,
    certificate: 'controller-manager.conf',
    others: { component: 'kube-apiserver', certificate: 'apiserver' },
    lease: 'kube-controller-manager',
    standsStill:
      'Deployments, Jobs and endpoints are not brought up to date, no silent node turns Unknown, and no pod of it is replaced',
    worksOn: 'running pods, Services with the endpoints they have, kubectl, scheduling of pods that exist',
  },
  'kube-apiserver': {
    short: 'apiserver',
    port: 6443,
    certificate: 'apiserver-etcd-client',
    others: { component: 'etcd', certificate: 'etcd-server' },
    standsStill: 'no kubectl, no deployment, no autoscaling and no controller works, and kubelets cannot report',
    worksOn: 'running pods and Services as they are; kubelets go on restarting what ends',
  },
};

export function aboutOf(name: string): About {
  return about[components.find((one) => one === name) ?? 'kube-apiserver'];
}
