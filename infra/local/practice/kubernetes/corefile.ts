import type { Facts } from '../facts.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta } from './values.ts';

/** The ConfigMap of CoreDNS, as kubeadm writes it. */
export function corefileObject({ bornAt: createdAt }: Facts): KubeObject {
  const data = { Corefile };
  const origin = { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns', createdAt };
  return {
    metadata: meta(origin, {
      managedFields: managedBy({ manager: 'kubeadm', apiVersion: 'v1', at: createdAt, wrote: { data } }),
    }),
    data,
  };
}

const Corefile = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;
