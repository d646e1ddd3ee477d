import type { Readers } from '../../engine/readers.ts';
import { EtcdPods, etcdPodSelection } from '../evidence/etcd-pods.ts';
import { someOf } from '../evidence/figures.ts';
import { hostOf } from '../evidence/scrape-targets.ts';
import { Members } from './members.ts';
import { queryOf } from './queries.ts';

/** Names and addresses of the machines under etcd. Only these are asked for: the cost must not grow with the cluster. */
export async function machinesUnder({ metrics, kube }: Readers, job: string | undefined): Promise<readonly string[]> {
  const [scraped, pods] = await Promise.all([
    metrics.query(queryOf('members', job)),
    // Without the pods the machines may still be known by the members' addresses.
    kube.list('Pod', etcdPodSelection).then(EtcdPods.parse, () => []),
  ]);
  const places = [
    ...Members.parse(scraped).map(({ instance }) => hostOf(instance)),
    ...pods.flatMap(({ node, addresses }) => [node, ...addresses]),
  ];
  return someOf([...new Set(places)].filter(Boolean).sort(), 'no member of etcd is known, nor its machine');
}
