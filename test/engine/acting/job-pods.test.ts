import { describe, expect, test } from 'vitest';
import { lab } from './lab.ts';

const drain = { verb: 'drain', node: 'worker-3', allow: ['local-storage', 'bare-pods'] } as const;
type Lab = Awaited<ReturnType<typeof lab>>;
interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** Pods of a Job that run on worker-3 besides what the practice cluster has there: name and uid. */
function jobPods(it: Lab): Map<string, string> {
  const pods = new Map<string, string>();
  const { source } = it.cluster;
  const read: typeof source.read = async (request, limits) => {
    const answer = await source.read(request, limits);
    const ofNode = request.verb === 'list' && request.kind === 'Pod' && request.fieldSelector?.includes('worker-3');
    if (!ofNode) return answer;
    const { items } = answer.body as Listed;
    const like = items.find(({ metadata }) => metadata.name.startsWith('reports'));
    if (!like) throw new Error('there is no pod like it');
    const controller = { apiVersion: 'batch/v1', kind: 'Job', name: 'nightly', uid: 'uid-nightly', controller: true };
    const more = [...pods].map(([name, uid]) => ({
      ...like,
      metadata: { ...like.metadata, name, uid, ownerReferences: [controller] },
    }));
    return { ...answer, body: { ...(answer.body as object), items: [...items, ...more] } };
  };
  Object.assign(it.cluster, { source: { ...source, read } });
  return pods;
}

/** The practice cluster has no such pods: what is asked of them is only counted. */
function evicting(it: Lab) {
  const evicted: string[] = [];
  for (const [cluster, writer] of it.acting.writers) {
    const answered = { status: 201, object: { kind: 'Status' }, asked: 'POST' };
    const isOne = ({ object }: Parameters<typeof writer.apply>[0]) => object.name.startsWith('nightly');
    Object.assign(it.acting, {
      writers: new Map([
        [
          cluster,
          {
            rehearse: async (...asked: Parameters<typeof writer.rehearse>) =>
              isOne(asked[0]) ? answered : writer.rehearse(...asked),
            apply: async (...asked: Parameters<typeof writer.apply>) => {
              if (!isOne(asked[0])) return writer.apply(...asked);
              evicted.push(asked[0].object.name);
              return answered;
            },
          },
        ],
      ]),
    });
  }
  return evicted;
}

describe('a pod of a Job on a node that is drained', () => {
  test('which comes after the drain was shown does not make it another one, is left, and is named', async () => {
    await using it = await lab([drain]);
    const pods = jobPods(it);
    const evicted = evicting(it);
    const { id } = await it.requested();
    pods.set('nightly-1', 'uid-1');

    const plan = await it.approved(id);

    expect(plan).toMatchObject({ state: 'applied' });
    expect(evicted).toEqual([]);
    expect(plan.effects).toContainEqual(
      expect.stringMatching(/^leave .*nightly-1: a pod of a Job that was not there when this was shown/),
    );
  });

  test('which was shown is evicted; one that has gone since is not missed', async () => {
    await using it = await lab([drain]);
    const pods = jobPods(it).set('nightly-1', 'uid-1').set('nightly-2', 'uid-2');
    const evicted = evicting(it);
    const shown = await it.requested();
    expect(shown.diff.map(({ object }) => object)).toContainEqual(expect.stringContaining('nightly-2'));
    pods.delete('nightly-2');

    expect(await it.approved(shown.id)).toMatchObject({ state: 'applied' });
    expect(evicted).toEqual(['nightly-1']);
  });

  test('of the name of one that was shown is another pod all the same, and is left', async () => {
    await using it = await lab([drain]);
    const pods = jobPods(it).set('nightly-1', 'uid-1');
    const evicted = evicting(it);
    const { id } = await it.requested();
    pods.set('nightly-1', 'uid-of-another');

    expect(await it.approved(id)).toMatchObject({ state: 'applied' });
    expect(evicted).toEqual([]);
  });
});
