import { expect, it } from 'vitest';
import type { Action, Writer } from '../../../engine/action.ts';
import { ReadFailure } from '../../../engine/errors.ts';
import type { Source } from '../../../engine/readers.ts';
import { onlyWhereLooked } from '../../../infra/kubernetes/same-cluster.ts';

const flow: Action = { verb: 'create', object: { kind: 'FlowSchema', name: 'noisy' }, body: {} };
const limits = { deadlineMs: 1_000 };

/** The API server of the cluster whose namespace kube-system has this uid. */
function cluster(uid: () => string) {
  let asked = 0;
  const source: Source = {
    read: async () => {
      asked += 1;
      return { body: { metadata: { uid: uid() } }, bytes: 10, asked: 'GET', asOf: new Date() };
    },
  };
  return { source, asked: () => asked };
}

function writes() {
  const done: string[] = [];
  const answer = { status: 201, object: {}, asked: 'POST' };
  const writer: Writer = {
    rehearse: async ({ object }) => {
      done.push(`rehearse ${object.name}`);
      return answer;
    },
    apply: async ({ object }) => {
      done.push(`apply ${object.name}`);
      return answer;
    },
  };
  return { writer, done };
}

it('nothing is created in another cluster than the one that was looked at', async () => {
  const { writer, done } = writes();
  const guarded = onlyWhereLooked(writer, cluster(() => 'a').source, cluster(() => 'b').source);

  const failure = await guarded.rehearse(flow, limits).catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ kind: 'invalid', ambiguous: false });
  expect(String(failure)).toContain('lead to two different clusters');
  await expect(guarded.apply(flow, limits)).rejects.toThrow('two different clusters');
  expect(done).toEqual([]);
});

it('in the same one everything goes through, and is asked for once', async () => {
  const { writer, done } = writes();
  const fixer = cluster(() => 'a');
  const guarded = onlyWhereLooked(writer, cluster(() => 'a').source, fixer.source);

  await guarded.rehearse(flow, limits);
  await guarded.apply(flow, limits);
  expect(done).toEqual(['rehearse noisy', 'apply noisy']);
  expect(fixer.asked()).toBe(1);
});

it('what cannot be asked is a failed write, and is asked again with the next', async () => {
  const { writer, done } = writes();
  let forbidden = true;
  const fixer = cluster(() => {
    if (forbidden) throw new ReadFailure('forbidden', 'may not get namespaces', { remedy: 'rules: …' });
    return 'a';
  });
  const guarded = onlyWhereLooked(writer, cluster(() => 'a').source, fixer.source);

  await expect(guarded.rehearse(flow, limits)).rejects.toMatchObject({
    kind: 'forbidden',
    remedy: expect.stringContaining('Role nightshift-fixer in namespace kube-system'),
  });
  forbidden = false;
  await guarded.rehearse(flow, limits);
  expect(done).toEqual(['rehearse noisy']);
});
