import { startPracticeCluster } from '../../../../infra/local/practice/practice.ts';
import { writerContract } from '../../../contract/writer.ts';
import { clientsOf } from './clusters.ts';

writerContract('the Kubernetes client on the practice cluster', { flowControl: true }, async () => {
  const practice = await startPracticeCluster({ world: 'planned-drain' });
  const clients = await clientsOf(practice);
  const podsOf = async (namespace: string, labelSelector: string) => {
    const request = { verb: 'list', kind: 'Pod', namespace, labelSelector } as const;
    const { body } = await clients.reader.source.read(request, { deadlineMs: 10_000, maxBytes: 1_000_000 });
    const { items } = body as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
    return items.map(({ metadata }) => ({ namespace, name: metadata.name }));
  };
  const [first, second] = await podsOf('shop', 'app=catalog');
  const [guarded] = await podsOf('checkout', 'app=sessions');
  if (!first || !second || !guarded) throw new Error('the practice cluster lacks pods that the contract needs');
  return {
    writer: clients.fixer.writer,
    source: clients.reader.source,
    node: 'worker-4',
    free: [first, second],
    guarded: { ...guarded, budget: 'sessions' },
    deployment: { namespace: 'kube-system', name: 'coredns' },
    close: async () => {
      await clients[Symbol.asyncDispose]();
      await practice.close();
    },
  };
});
