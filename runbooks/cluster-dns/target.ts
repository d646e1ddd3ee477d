import * as z from 'zod';
import { ComponentTarget } from '../../engine/target.ts';

/** `component/coredns`: the one DNS that a cluster has. */
export const DnsTarget = ComponentTarget.extend({ name: z.literal('coredns') });
export type DnsTarget = z.infer<typeof DnsTarget>;

export const NAMESPACE = 'kube-system';
/** What CoreDNS' pods are called since it took the place of kube-dns: kubeadm, EKS, AKS, k3s, RKE2. */
export const SELECTOR = 'k8s-app=kube-dns';
/** The Service, the ConfigMap and the Deployment of kubeadm, EKS and AKS. */
export const SERVICE = 'kube-dns';
export const NAME = 'coredns';
