import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { nodeDirectory } from '../../engine/directory.ts';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import type { ReadRequest, Source } from '../../engine/readers.ts';
import { requestKey } from '../../engine/request.ts';
import { declaring, type ReadRight, rightOf } from '../../engine/rights.ts';
import { anyRunbook, defineRunbook, type Evidence } from '../../engine/runbook.ts';
import { NodeTarget } from '../../engine/target.ts';
import { confirmed, inconclusive } from '../../engine/verdict.ts';

const corefile: ReadRequest = { verb: 'get', kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' };
const lease: ReadRequest = { verb: 'get', kind: 'Lease', namespace: 'kube-system', name: 'scheduler' };

describe('a read', () => {
  it.each<[ReadRequest, ReadRight]>([
    [{ verb: 'get', kind: 'Node', name: 'worker-3' }, 'get Node'],
    [lease, 'get Lease in kube-system'],
    [lease, 'get Lease'],
    [{ verb: 'list', kind: 'Pod', fieldSelector: 'spec.nodeName=worker-3' }, 'list Pod'],
    [{ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 20 }, 'logs Pod in shop'],
    [{ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 20, previous: true }, 'logs Pod'],
    [{ verb: 'probe', path: '/readyz?verbose' }, 'probe /readyz'],
    [corefile, 'get ConfigMap/coredns in kube-system'],
    [{ verb: 'kubelet', node: 'worker-3', path: '/stats/summary' }, 'kubelet /stats/summary'],
    [{ verb: 'kubelet', node: 'worker-3', path: '/stats/summary', afterSeconds: 6 }, 'kubelet /stats/summary'],
  ])('%j is covered by "%s"', (request, right) => {
    expect(rightOf(request, ['get Service', right])).toBe(right);
  });

  it.each<[ReadRequest, ReadRight]>([
    [{ verb: 'get', kind: 'Node', name: 'worker-3' }, 'list Node'],
    [{ verb: 'list', kind: 'Node' }, 'get Node'],
    [lease, 'get Lease in kube-node-lease'],
    [{ verb: 'list', kind: 'Pod' }, 'list Pod in shop'],
    [{ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 20 }, 'get Pod'],
    [{ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 20 }, 'logs Pod in kube-system'],
    [{ verb: 'probe', path: '/readyz/etcd' }, 'probe /readyz'],
    [corefile, 'get ConfigMap/kubeadm-config in kube-system'],
    [corefile, 'get ConfigMap/coredns in shop'],
    [{ verb: 'list', kind: 'ConfigMap', namespace: 'kube-system' }, 'get ConfigMap/coredns in kube-system'],
    [{ verb: 'probe', path: '/metrics' }, 'probe /readyz'],
    [{ verb: 'kubelet', node: 'worker-3', path: '/stats/summary' }, 'get Node'],
    [{ verb: 'probe', path: '/stats/summary' }, 'kubelet /stats/summary'],
  ])('%j is not covered by "%s"', (request, right) => {
    expect(() => rightOf(request, [right])).toThrow(ReadFailure);
  });

  it('of metrics needs none', () => {
    expect(rightOf({ verb: 'query', promql: 'up' }, [])).toBeUndefined();
    expect(rightOf({ verb: 'range', promql: 'up', windowSeconds: 60, stepSeconds: 15 }, [])).toBeUndefined();
  });

  it('that is not declared is refused with the declaration to add', () => {
    expect(() => rightOf(lease, [])).toThrow(
      expect.objectContaining({
        kind: 'not-declared',
        message: '"get Lease kube-system/scheduler" is not among the declared reads',
        remedy: "Declare it: reads: ['get Lease in kube-system'] or, wherever it may be, ['get Lease']",
      }),
    );
  });
});

/** Answers everything, and remembers what it was asked. */
function obliging(): Source & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    read: async (request) => {
      asked.push(requestKey(request));
      return { body: {}, bytes: 2, asked: '', asOf: new Date() };
    },
  };
}

const item: Omit<Evidence<unknown, NodeTarget>, 'read'> = { title: 'Item', schema: z.unknown(), show: () => 'seen' };

function runbookOf(evidence: Record<string, Evidence<unknown, NodeTarget>>) {
  return anyRunbook(
    defineRunbook({
      id: 'declares',
      title: 'Declares',
      alerts: [],
      target: NodeTarget,
      evidence,
      causes: { cause: { title: 'Cause', judge: () => confirmed('always'), remedies: ['drain'] } },
      remedies: {
        drain: {
          title: 'Drain',
          risk: 'medium',
          verbs: ['cordon'],
          params: z.object({ node: z.string() }),
          propose: (_seen, { name }) => ({ node: name }),
          changes: ({ node }) => [{ verb: 'drain', node }],
        },
      },
      manual: {},
      recovered: () => inconclusive('not judged'),
    }),
  );
}

const look = (source: Source, evidence: Record<string, Evidence<unknown, NodeTarget>>) =>
  investigate(
    runbookOf(evidence),
    { kind: 'Node', name: 'worker-3' },
    { source, clock: { now: () => new Date() }, cluster: 'prod' },
  );

describe('evidence', () => {
  it('may read what it declares', async () => {
    const source = obliging();
    const { evidence } = await look(source, {
      node: { ...item, reads: ['get Node'], read: ({ kube }, { name }) => kube.get('Node', name) },
    });
    expect(evidence).toMatchObject([{ status: 'ok' }]);
    expect(source.asked).toEqual(['get Node worker-3']);
  });

  it('that reads anything else fails without asking, and says what to declare', async () => {
    const source = obliging();
    const { evidence } = await look(source, {
      node: { ...item, read: ({ kube }, { name }) => kube.get('Node', name) },
      absent: { ...item, reads: ['get Node'], read: ({ kube }) => kube.find('Pod', 'web', { namespace: 'shop' }) },
    });
    expect(evidence).toMatchObject([
      { status: 'failed', failure: 'not-declared', remedy: "Declare it: reads: ['get Node']" },
      { status: 'failed', failure: 'not-declared' },
    ]);
    expect(source.asked).toEqual([]);
  });

  it('may not lean on what another declares', async () => {
    const source = obliging();
    const read: Evidence<unknown, NodeTarget>['read'] = ({ kube }, { name }) => kube.get('Node', name);
    const { evidence } = await look(source, { node: { ...item, reads: ['get Node'], read }, other: { ...item, read } });
    expect(evidence.map(({ status }) => status)).toEqual(['ok', 'failed']);
  });
});

it('a fix that would change more than it declares is not offered', async () => {
  const { remedies } = await look(obliging(), {});
  expect(remedies).toMatchObject([{ id: 'drain', unavailable: 'it would drain, which it does not declare' }]);
});

it('what the engine reads itself is declared, too', async () => {
  const source = obliging();
  await expect(declaring(source, ['list Node']).read(lease, { deadlineMs: 1, maxBytes: 1 })).rejects.toMatchObject({
    kind: 'not-declared',
  });
  expect(source.asked).toEqual([]);
  const directory = nodeDirectory(source, { now: () => new Date() });
  await expect(directory.rows()).rejects.not.toMatchObject({ kind: 'not-declared' });
  expect(source.asked).toEqual(['list Node --as table']);
});
