import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { anyRunbook, defineRunbook } from '../../engine/runbook.ts';
import { PodTarget } from '../../engine/target.ts';
import { confirmed, ruledOut } from '../../engine/verdict.ts';
import { adviceWithout, caseFiles, readCase, replay } from './case-files.ts';

const runbook = anyRunbook(
  defineRunbook({
    id: 'pod-looks',
    title: 'A pod is looked at',
    alerts: [],
    target: PodTarget,
    evidence: {
      pod: {
        title: 'Pod',
        schema: z.object({ phase: z.string() }),
        reads: ['get Pod'],
        read: ({ kube }, { namespace, name }) => kube.get('Pod', name, { namespace }),
        show: ({ phase }) => phase,
      },
    },
    causes: {
      failed: {
        title: 'It failed',
        judge: ({ pod }) => (pod.phase === 'Failed' ? confirmed('Failed') : ruledOut(pod.phase)),
      },
    },
    remedies: {},
    manual: {},
    recovered: ({ pod }) => (pod.phase === 'Running' ? confirmed('Running') : ruledOut(pod.phase)),
  }),
);

const good = {
  runbook: 'pod-looks',
  target: { kind: 'Pod', namespace: 'shop', name: 'web-1' },
  cluster: 'prod-eu',
  now: '2026-11-21T03:00:00.000Z',
  reads: { 'get Pod shop/web-1': { body: { phase: 'Failed' } } },
  expect: { causes: { failed: 'confirmed' }, recovered: 'ruled-out' },
};

describe('a case file', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cases-'));
    mkdirSync(join(root, 'pod-looks'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const read = (content: unknown) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(root, 'pod-looks', 'one.json'), text);
    return readCase(runbook, 'one.json', root);
  };

  it('that is right is replayed without strays', async () => {
    const { report, strays } = await replay(runbook, read(good));

    expect(caseFiles(runbook, root)).toEqual(['one.json']);
    expect(report.causes).toMatchObject([{ id: 'failed', verdict: 'confirmed' }]);
    expect(strays).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"runbook": "pod-looks",', 'not JSON: '],
    [
      'another runbook',
      { ...good, runbook: 'pod-lokos' },
      'runbook: is pod-lokos, but this folder holds the cases of ',
    ],
    [
      'a target it cannot look at',
      { ...good, target: { kind: 'Node', name: 'a' } },
      'target: pod-looks cannot look at',
    ],
    [
      'a cause it has not',
      { ...good, expect: { causes: { faild: 'confirmed' } } },
      'expect.causes.faild: pod-looks has no',
    ],
    [
      'a verdict that is none',
      { ...good, expect: { causes: { failed: 'yes' } } },
      'expect.causes.failed: Invalid option',
    ],
    ['a misspelled field', { ...good, reeds: {} }, 'Unrecognized key: "reeds"'],
    [
      'an unknown kind of failure',
      { ...good, reads: { 'get Pod shop/web-1': { failure: { kind: 'forbiden', message: '' } } } },
      'reads["get Pod shop/web-1"].failure.kind: Invalid option: expected one of "forbidden"|',
    ],
    [
      'an answer that is neither',
      { ...good, reads: { 'get Pod shop/web-1': {} } },
      'reads["get Pod shop/web-1"]: wants either a body or a failure',
    ],
  ])('with %s is refused by file and field', (_what, content, why) => {
    expect(() => read(content)).toThrow(`test/cases/pod-looks/one.json: ${why}`);
  });

  it('with a mistyped read says which was meant', async () => {
    const { strays } = await replay(runbook, read({ ...good, reads: { 'get pod shop/web-1': { body: {} } } }));

    expect(strays).toEqual([
      'reads["get pod shop/web-1"] was never asked for; asked for, and not in the case:\n    get Pod shop/web-1',
    ]);
  });

  it('that lacks a read says which', async () => {
    const { strays } = await replay(runbook, read({ ...good, reads: {} }));

    expect(strays).toEqual(['asked for, and not in reads: get Pod shop/web-1']);
  });

  it('with a read too many says so', async () => {
    const { strays } = await replay(runbook, read({ ...good, reads: { ...good.reads, 'query up': { body: [] } } }));

    expect(strays).toEqual(['reads["query up"] was never asked for']);
  });

  it('of evidence that reads more than it declares says what to declare', async () => {
    const { pod } = runbook.evidence;
    if (!pod) throw new Error('it has no evidence pod');
    const silent = { ...runbook, evidence: { pod: { ...pod, reads: [] } } };
    const { strays } = await replay(silent, read(good));

    expect(strays).toEqual([
      `"get Pod shop/web-1" is not among the declared reads. Declare it: reads: ['get Pod in shop'] or, wherever it may be, ['get Pod']`,
    ]);
  });

  it('of a runbook without a folder: none, and advice that names both', () => {
    expect(caseFiles({ ...runbook, id: 'not-yet' }, root)).toEqual([]);
    expect(adviceWithout({ ...runbook, id: 'not-yet' })).toBe(
      'runbook not-yet has no cases: save recorded runs as test/cases/not-yet/*.json (CONTRIBUTING.md, step 3)',
    );
  });
});
