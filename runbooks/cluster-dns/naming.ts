import { ReadFailure } from '../../engine/errors.ts';
import type { Readers } from '../../engine/readers.ts';
import { type Pods, podsRead } from './pods.ts';
import { NAME, SERVICE } from './target.ts';

/** What CoreDNS' objects in kube-system are called. */
export interface Names {
  readonly service: string;
  readonly configMap: string;
  readonly deployment: string;
  /** The Helm chart that makes them: what is changed in them by hand is lost. */
  readonly chart?: string;
}

/** kubeadm, EKS, AKS, k3s, kops, Talos. */
const common: Names = { service: SERVICE, configMap: NAME, deployment: NAME };
/** After its chart (docs.rke2.io, "Networking Services"); the pods bear the common label k8s-app=kube-dns all the same. */
export const RKE2 = 'rke2-coredns-rke2-coredns';
const rke2: Names = { service: RKE2, configMap: RKE2, deployment: RKE2, chart: 'rke2-coredns' };

/** By the labels of the pods. Where there is none, nothing tells: then the common names are tried. */
export function namesOf(pods: Pods | undefined): Names {
  const isOfChart = pods?.all.some(({ labels }) => labels['app.kubernetes.io/name'] === rke2.chart);
  return isOfChart ? rke2 : common;
}

export async function namesRead(readers: Readers): Promise<Names> {
  try {
    return namesOf(await podsRead(readers));
  } catch (thrown) {
    if (thrown instanceof ReadFailure) return common;
    throw thrown;
  }
}
