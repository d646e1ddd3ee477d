import { type Blueprint, blueprintOf } from '../../../engine/acting/compile.ts';
import type { Change } from '../../../engine/change.ts';
import { nodeDirectory } from '../../../engine/directory.ts';
import type { Source } from '../../../engine/readers.ts';
import type { FakeCluster } from '../changes/fake-cluster.ts';
import { at, plan } from '../changes/recorded.ts';

/** What a plan of this change would be in a cluster that stands still. `cordoned`: nodes by uid, as `CompileContext` has it. */
export function blueprintIn(
  { kube }: FakeCluster,
  change: Change,
  cordoned: readonly string[] = [],
): Promise<Blueprint> {
  const system = { metadata: { name: 'kube-system', uid: 'this cluster' } };
  const source: Source = {
    async read(request) {
      const answer = async () => {
        if (request.verb === 'list') return kube.list(request.kind, request);
        if (request.verb !== 'get') throw new Error(`nobody answers ${request.verb}`);
        return request.kind === 'Namespace' ? system : kube.find(request.kind, request.name, request);
      };
      return { body: await answer(), bytes: 1, asked: '', asOf: new Date() };
    },
  };
  const nodes = nodeDirectory(source, { now: () => new Date() });
  const basis = { incident: 'i', remedy: 'r', restsOn: 'c', changes: [change], at, plan, cordoned: new Set(cordoned) };
  return blueprintOf({ name: 'c', match: {}, source, nodes }, basis);
}
