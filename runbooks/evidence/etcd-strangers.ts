import { isAddress } from '../../engine/directory.ts';
import type { EtcdPod } from './etcd-pods.ts';
import { hostOf } from './scrape-targets.ts';

/** A scrape target of etcd; where it is scraped as a pod: that pod, and its namespace. */
export interface EtcdScraped {
  readonly instance: string;
  readonly pod?: string;
  readonly namespace?: string;
}

/** Where the control plane's own etcd runs as pods: kubeadm and its kin, OpenShift. */
const OF_THE_CONTROL_PLANE = /^(kube-system|openshift-etcd)$/;

/**
 * Surely no member of the control plane's etcd: a pod in the namespace of an application, or, where the control plane has etcd
 * pods, neither one of them nor at an address of one. Many an application (Milvus, APISIX, Vitess) has an etcd of its own.
 */
export function isStranger({ instance, pod, namespace }: EtcdScraped, pods: readonly EtcdPod[]): boolean {
  const host = hostOf(instance);
  if (pods.some(({ node, addresses }) => node === host || addresses.includes(host))) return false;
  if (pod !== undefined && namespace !== undefined && !OF_THE_CONTROL_PLANE.test(namespace)) return true;
  if (pods.length === 0) return false;
  if (isAddress(host) && !isLoopback(host)) return true;
  return pod !== undefined && !pods.some(({ name }) => name === pod);
}

/** There something on the machine of Prometheus passes the scrape on. */
export function isLoopback(host: string): boolean {
  return /^(127\.|::1$)/.test(host);
}
