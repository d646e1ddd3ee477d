import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookFor } from '../../engine/acting/arrival.ts';
import { interlocksOf } from '../../engine/acting/check.ts';
import { blueprintOf } from '../../engine/acting/compile.ts';
import { defaultLimits } from '../../engine/acting/limits.ts';
import { stepOf } from '../../engine/acting/steps.ts';
import type { Action } from '../../engine/action.ts';
import { type Change, type Verb, workloadKinds } from '../../engine/change.ts';
import { changeRules } from '../../engine/changes/catalog.ts';
import { nodeDirectory } from '../../engine/directory.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import { type Need, needsOf, withInverse } from '../../engine/needs.ts';
import type { Store } from '../../engine/ports.ts';
import { kinds, type ReadRequest, type Source } from '../../engine/readers.ts';
import { resolveTarget } from '../../engine/resolve.ts';
import type { ReadRight } from '../../engine/rights.ts';
import type { AnyRunbook } from '../../engine/runbook.ts';
import { asReadFailure } from '../../engine/scope.ts';
import type { Target } from '../../engine/target.ts';
import type { Cluster } from '../../engine/triage.ts';
import { clusterFrom, type KubernetesCluster } from '../../infra/kubernetes/client.ts';
import { type Account, accountsOf } from '../../infra/kubernetes/rbac.ts';
import { onlyWhereLooked } from '../../infra/kubernetes/same-cluster.ts';
import { sourceOf } from '../../infra/kubernetes/source.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { type ControlPlane, startControlPlane } from '../harness/control-plane.ts';
import { needs } from '../harness/programs.ts';
import { type TempDir, tempDir } from '../harness/temp.ts';
import { until } from '../harness/until.ts';
import { everyVerb, runbookWith } from '../runbooks/every-verb.ts';
import {
  connectAs,
  connectInGroup,
  forget,
  type Grant,
  grantsOf,
  names,
  takeDefaultsAway,
  withhold,
} from './support/rbac-accounts.ts';
import { makeControlPlaneObjects, prepareForEveryVerb } from './support/rbac-world.ts';

const clock = { now: () => new Date() };
/** Runbooks of which everything is there to be looked at, without Prometheus too. */
const targets: Readonly<Record<string, Target>> = {
  'node-not-ready': { kind: 'Node', name: 'worker-1' },
  'etcd-heartbeat': { kind: 'Component', name: 'etcd' },
};
const store = { list: async () => [], get: async () => undefined } as unknown as Store;

/** What went wrong, in words with its remedy. */
const told = (failure: unknown): string[] =>
  failure instanceof Error
    ? [`${failure.message}\n${'remedy' in failure ? failure.remedy : ''}`]
    : [`no error: ${String(failure)}`];
const trouble = (work: () => Promise<unknown>): Promise<string[]> => work().then(() => [], told);

/** Each declared read, made once: what it asks for need not be there, but it must be allowed. */
async function refusedReads(source: Source, needs: readonly Need[]): Promise<readonly string[]> {
  const declared = new Set(needs.flatMap(({ right }) => (typeof right === 'string' ? [right] : [])));
  const asked = await Promise.all(
    [...declared].map(async (right) => {
      const failure = await source.read(requestOf(right), { deadlineMs: 10_000, maxBytes: 1e7 }).catch(asReadFailure);
      return failure instanceof ReadFailure && failure.kind === 'forbidden' ? told(failure) : [];
    }),
  );
  return asked.flat();
}

/** A log comes from a kubelet, whose port nobody plays here: the API server went there, so it was allowed. */
const isLetThrough = (reason = '') => reason.includes('/containerLogs/');

/** What the runbooks themselves look at: neither the directory of nodes, nor the pod of an alert, nor what acting reads. */
function evidenceNeeds(runbooks: readonly AnyRunbook[]): readonly Need[] {
  const common = needsOf([]).reader.map(({ purpose }) => purpose);
  return needsOf(runbooks).reader.filter(({ purpose }) => !common.includes(purpose));
}

const clusterWide: readonly string[] = ['Node', 'FlowSchema', 'PriorityLevelConfiguration'];

const verbsOf = ({ remedies }: AnyRunbook) => Object.values(remedies).flatMap(({ verbs }) => verbs);

/** `get Node`, `list Pod in kube-system`, `get ConfigMap/coredns in kube-system`, `logs Pod`, `probe /readyz`. */
function requestOf(right: ReadRight): ReadRequest {
  const [, verb, what = '', name = 'none', where] = /^(\w+) ([^/ ]*)(?:\/(\S+))?(?: in (\S+))?$/.exec(right) ?? [];
  if (verb === 'probe') return { verb, path: right.slice('probe '.length) };
  if (verb === 'logs') return { verb, name: 'app-1-1', namespace: where ?? 'shop', lines: 1 };
  const kind = kinds.find((one) => one === what);
  if (kind === undefined || (verb !== 'get' && verb !== 'list')) throw new Error(`no request is known for "${right}"`);
  if (verb === 'list') return { verb, kind, ...(where === undefined ? {} : { namespace: where }) };
  if (kind === 'Namespace') return { verb, kind, name: where ?? 'shop' };
  return { verb, kind, name, ...(clusterWide.includes(kind) ? {} : { namespace: where ?? 'shop' }) };
}

/** Everything these runbooks look at, for a diagnosis and before each change; and the requests the changes come to. */
async function lookAround(cluster: Cluster, runbooks: readonly AnyRunbook[], changes: readonly Change[]) {
  const failures: string[] = [];
  const actions: Action[] = [];
  for (const runbook of runbooks) {
    const target = targets[runbook.id];
    if (target === undefined) continue;
    const { evidence } = await investigate(runbook, target, { source: cluster.source, clock, cluster: 'real' });
    const lacking = evidence.filter(
      ({ failure, reason }) => failure !== undefined && failure !== 'not-configured' && !isLetThrough(reason),
    );
    failures.push(...lacking.map(({ id, reason, remedy }) => `${runbook.id} ${id}: ${reason}\n${remedy}`));
  }
  // Of evidence alone, whose reads `test/runbooks/reads.test.ts` proves to be made: the others are made here, by the product.
  const looks = runbooks.map((runbook) => ({ ...runbook, remedies: {} }));
  failures.push(...(await refusedReads(cluster.source, evidenceNeeds(looks))));
  failures.push(...(await trouble(() => nodeDirectory(cluster.source, clock).rows())));
  const labels = { namespace: 'shop', pod: 'app-1-1' };
  const alert = { status: 'firing', labels, annotations: {}, startsAt: '', endsAt: '', fingerprint: 'f' } as never;
  const { note } = await resolveTarget(alert, { name: 'Any', family: 'pod' }, cluster);
  if (note.includes('could not be read')) failures.push(note);
  for (const change of changes) {
    const about = JSON.stringify(change);
    const restsOn = { incident: 'i', remedy: 'r', restsOn: 'c', at: clock.now().toISOString(), plan: 'p' };
    try {
      const blueprint = await blueprintOf(cluster, { ...restsOn, changes: [change] });
      const { kube } = blueprint.scope.readersFor([], 10_000);
      await interlocksOf({ store, clock, kube, limits: defaultLimits }, { id: 'p', cluster: 'real', target: 't' }, [
        change,
      ]);
      const inverse = 'none' in blueprint.inverse ? [] : blueprint.inverse;
      const odd = inverse.filter(({ verb }) => !changeRules[change.verb].undoneBy.includes(verb));
      failures.push(...odd.map(({ verb }) => `${about} is taken back by ${verb}, which is not foreseen`));
      if (blueprint.actions.length === 0) failures.push(`${about} comes to nothing: ${JSON.stringify(blueprint)}`);
      for (const request of blueprint.requests) {
        const seen = await lookFor(cluster, stepOf(request), { id: 'p' });
        if (seen.startsWith('Could not look')) failures.push(seen);
      }
      actions.push(...blueprint.actions);
    } catch (failure) {
      failures.push(...told(failure).map((words) => `${about}: ${words}`));
    }
  }
  return { failures, actions };
}

async function rehearseAll(
  { writer }: Pick<KubernetesCluster, 'writer'>,
  actions: readonly Action[],
): Promise<string[]> {
  const failures: string[] = [];
  for (const action of actions)
    failures.push(...(await trouble(() => writer.rehearse(action, { deadlineMs: 10_000 }))));
  return failures;
}

const clusterOf = ({ source: kubernetes }: KubernetesCluster): Cluster => {
  const source = sourceOf({ kubernetes });
  return { name: 'real', match: {}, source, nodes: nodeDirectory(source, clock) };
};

describe.skipIf(needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager'))('the computed RBAC', () => {
  let plane: ControlPlane;
  let folder: TempDir;
  let everyChange: readonly Change[];
  beforeAll(async () => {
    folder = await tempDir('rbac');
    plane = await startControlPlane();
    everyChange = await prepareForEveryVerb(plane);
    await takeDefaultsAway(plane);
    await makeControlPlaneObjects(plane);
  });
  afterAll(async () => {
    await plane[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });
  describe.each([
    ['of our runbooks', catalog, withInverse(catalog.flatMap(verbsOf))],
    ['of every verb there is', [runbookWith(everyVerb)], everyVerb],
  ] as const)('%s', (_whose, runbooks, verbs) => {
    const [looking, changing] = accountsOf(needsOf(runbooks)) as [Account, Account];
    const remedies = runbooks.flatMap(({ remedies }) => Object.values(remedies));
    const kindsOf = (verb: Verb) =>
      remedies.flatMap(({ verbs, workloads = workloadKinds }) => (withInverse(verbs).includes(verb) ? workloads : []));
    const isTheirs = (change: Change) =>
      (verbs as readonly Verb[]).includes(change.verb) &&
      (!('workload' in change) || kindsOf(change.verb).includes(change.workload.kind));
    const changes = () => everyChange.filter(isTheirs);
    let reader: KubernetesCluster;
    let fixer: KubernetesCluster;
    beforeAll(async () => {
      reader = await connectAs(plane, folder.path, looking);
      fixer = await connectAs(plane, folder.path, changing);
    });
    afterAll(async () => {
      await reader.close();
      await fixer.close();
      for (const account of [looking, changing]) await forget(plane, account);
    });

    const look = () => lookAround(clusterOf(reader), runbooks, changes());
    const compiled = async () => (await look()).actions;

    test('lets the reader see everything, and the fixer rehearse every change', async () => {
      expect(new Set(changes().map(({ verb }) => verb))).toEqual(new Set(verbs));
      let last: unknown;
      await until('all of it to work', async () => {
        const { failures, actions } = await look();
        const refused = await rehearseAll(fixer, actions); // others write to these objects, too: then it is a conflict
        last = [...failures, ...refused];
        return failures.length + refused.length === 0;
      }).catch(() => expect(last).toEqual([]));
    });

    test('without any single right of the reader, something cannot be seen, and the right is named', async () => {
      const unnoticed: string[] = [];
      for (const grant of grantsOf(looking)) {
        await using _without = await withhold(plane, grant);
        await missed(grant, async () => (await look()).failures, unnoticed);
      }
      expect(unnoticed).toEqual([]);
    });

    test('without any single right of the fixer, something cannot be changed, and the right is named', async () => {
      const actions = await compiled();
      const unnoticed: string[] = [];
      for (const grant of grantsOf(changing)) {
        await using _without = await withhold(plane, grant);
        // What a writer has learned it does not ask again, and the server may not have noticed at once: each try has a new one.
        const kubeconfig = join(folder.path, `${changing.name}.kubeconfig`);
        const tried = async () => {
          const fresh = await clusterFrom({ kubeconfig, version: '1.2.3' });
          // As the server has it: only to the cluster that was looked at.
          const writer = onlyWhereLooked(fresh.writer, reader.source, fresh.source);
          return rehearseAll({ writer }, actions).finally(() => fresh.close());
        };
        await missed(grant, tried, unnoticed);
      }
      expect(unnoticed).toEqual([]);
    });

    test('lets neither do what is not its business', async () => {
      const [action] = await compiled();
      if (!action) throw new Error('nothing to do');
      await expect(reader.writer.rehearse(action, { deadlineMs: 10_000 })).rejects.toMatchObject({ kind: 'forbidden' });
      const node = { verb: 'get', kind: 'Node', name: 'worker-1' } as const;
      await expect(fixer.source.read(node, { deadlineMs: 10_000, maxBytes: 1e6 })).rejects.toMatchObject({
        kind: 'forbidden',
      });
    });
  });

  test('does as much for the groups into which EKS puts roles: the fixer is let into the cluster that is looked at', async () => {
    const accounts = accountsOf(needsOf(catalog));
    const [reader, fixer] = await Promise.all(accounts.map((one) => connectInGroup(plane, folder.path, one)));
    if (!reader || !fixer) throw new Error('there are two accounts');
    const writer = onlyWhereLooked(fixer.writer, reader.source, fixer.source);
    const cordon: Action = {
      verb: 'patch',
      object: { kind: 'Node', name: 'worker-1' },
      type: 'merge',
      body: { spec: { unschedulable: true } },
    };
    let last: unknown;
    await until('both to be bound', async () => {
      last = await trouble(() => writer.rehearse(cordon, { deadlineMs: 10_000 }));
      return (last as string[]).length === 0;
    }).catch(() => expect(last).toEqual([]));
    await Promise.all([reader.close(), fixer.close()]);
    for (const account of accounts) await forget(plane, account, true);
  });

  async function missed(grant: Grant, work: () => Promise<readonly string[]>, unnoticed: string[]): Promise<void> {
    const named = names(grant);
    await until(`${named} to be said`, async () => (await work()).some((words) => named.test(words)), {
      deadlineMs: 10_000,
    }).catch(() => unnoticed.push(`${grant.namespace ?? ''} ${grant.verb} ${grant.what}`));
  }
});
