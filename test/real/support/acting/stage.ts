import { needsOf } from '../../../../engine/needs.ts';
import type { KubernetesCluster } from '../../../../infra/kubernetes/client.ts';
import { type Account, accountsOf } from '../../../../infra/kubernetes/rbac.ts';
import { tempDir } from '../../../harness/temp.ts';
import { until } from '../../../harness/until.ts';
import { connectAs } from '../rbac-accounts.ts';
import { type Hands, openHands, runbook } from './hands.ts';
import { type ActingWorld, startWorld, TARGET } from './world.ts';

const [looking, changing] = accountsOf(needsOf([runbook])) as [Account, Account];

export interface Stage extends AsyncDisposable {
  readonly world: ActingWorld;
  /** Looks with the computed reader, changes with the computed fixer: neither is an administrator. */
  readonly hands: Hands;
  readonly fixer: Account;
}

/** A real cluster and somebody to act on it. About half a minute on two cores. */
export async function startStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir('stage')).path;
  const world = stack.use(await startWorld());
  const connect = async (account: Account): Promise<KubernetesCluster> => {
    const cluster = await connectAs(world.plane, folder, account);
    stack.defer(cluster.close);
    return cluster;
  };
  const fixer = await connect(changing);
  const reader = await connect(looking);
  const node = { verb: 'get', kind: 'Node', name: TARGET } as const;
  await until('the roles to hold', async () => {
    await reader.source.read(node, { deadlineMs: 5_000, maxBytes: 1_000_000 });
    return true;
  });
  const hands = stack.use(await openHands({ reader, fixer }));
  const owned = stack.move();
  return { world, hands, fixer: changing, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
