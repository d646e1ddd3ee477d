import { describe, expect, it } from 'vitest';
import { ReadFailure, type ReadFailureKind } from '../../../engine/errors.ts';
import { investigate } from '../../../engine/investigate.ts';
import type { ReadLimits, Source } from '../../../engine/readers.ts';
import { keptBy, recorder } from '../../../engine/record.ts';
import { caseClock, caseSource } from '../../../engine/replay.ts';
import { requestKey } from '../../../engine/request.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { answerIn } from '../../../runbooks/node-not-ready/answer-words.ts';
import { runbook } from '../../../runbooks/node-not-ready/index.ts';
import { LoggedPods } from '../../../runbooks/node-not-ready/logged-pods.ts';
import { cases } from './cases.ts';
import { answered } from './cases-answers.ts';
import { failing } from './worlds-changed.ts';

const serverSays = (words: string, kind: ReadFailureKind = 'server-error') =>
  answerIn(new ReadFailure(kind, `10.0.0.1:6443 answered 500: ${words}`), ['10.0.0.3', 'fd00::3', 'worker-3']);
const dialling = (asked: string, dialled: string, end = 'connect: connection refused') =>
  serverSays(
    `Get "https://${asked}/containerLogs/kube-system/a/b?limitBytes=1&tailLines=0": dial tcp ${dialled}: ${end}`,
  );

describe('the words of an API server that got no log', () => {
  it('tell that nothing listens only where the kubelet itself was dialled', () => {
    const refused = { kind: 'refused', words: 'the API server is refused at 10.0.0.3:10250' };
    expect(dialling('10.0.0.3:10250', '10.0.0.3:10250')).toEqual(refused);
    expect(dialling('worker-3:10250', '10.0.0.3:10250'), 'known by its name').toEqual(refused);
    expect(dialling('[fd00::3]:10250', '[fd00::3]:10250')).toMatchObject({ kind: 'refused' });
    expect(dialling('worker-3:10250', '[fd00::3]:10250')).toMatchObject({ kind: 'refused' });
    for (const other of ['127.0.0.1:8131', '10.0.0.3:8131', '10.0.0.4:10250']) {
      expect(dialling('worker-3:10250', other), other).toBeUndefined();
      expect(dialling('10.0.0.3:10250', other === '10.0.0.3:8131' ? other : '10.9.9.9:8131'), other).toBeUndefined();
    }
  });

  it.each(['i/o timeout', 'connect: no route to host', 'connect: connection timed out', 'connect: host is down'])(
    'tell of silence: %s',
    (end) => {
      expect(dialling('10.0.0.3:10250', '10.0.0.3:10250', end)).toEqual({
        kind: 'silent',
        words: `the API server does not reach 10.0.0.3:10250 (${end})`,
      });
    },
  );

  it('tell of a kubelet that lives where they are its own', () => {
    const user = '(user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)';
    for (const words of [`Internal error occurred: Authorization error ${user}`, `Forbidden ${user} ( pods/log a)`]) {
      expect(serverSays(words), words).toMatchObject({ kind: 'denied' });
    }
  });

  it.each([
    'error trying to reach service: dial tcp 10.0.0.3:10250: connect: connection refused',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": dial tcp: lookup worker-3 on 10.0.0.9:53: connection refused',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": dial tcp: lookup worker-3: i/o timeout',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": No agent available',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": proxy error from 127.0.0.1:8131 while dialing 10.0.0.3:10250, code 503: 503 Service Unavailable',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": x509: certificate signed by unknown authority',
    'Get "https://10.0.0.3:10250/containerLogs/a/b/c": read tcp 10.0.0.1:4711->10.0.0.3:10250: read: connection reset by peer',
    'no preferred addresses found; known addresses: []',
    'etcdserver: request timed out',
    'without a word',
  ])('tell nothing otherwise: %s', (words) => {
    expect(serverSays(words)).toBeUndefined();
  });

  it.each([
    'forbidden',
    'unauthorized',
    'not-found',
    'throttled',
    'unreachable',
    'not-recorded',
    'over-budget',
  ] as const)('tell nothing where the read was %s, whatever stands in them', (kind) => {
    const words =
      'Get "https://10.0.0.3:10250/containerLogs/a/b/c": dial tcp 10.0.0.3:10250: connect: connection refused';
    expect(serverSays(words, kind)).toBeUndefined();
  });

  it('are none where nothing came back in time; somebody else may have been waited for', () => {
    const late = (what: string) => answerIn(new ReadFailure('timed-out', `gave up waiting for ${what} after 3 s`), []);
    expect(late('an answer from 10.0.0.1:6443')).toMatchObject({ kind: 'silent' });
    expect(late('10.0.0.1:6443 to accept requests again (it answered 429, Retry-After)')).toBeUndefined();
    expect(late('the output of aws')).toBeUndefined();
  });
});

describe('the pod whose log is asked for', () => {
  const pod = (name: string, namespace: string, more: object = {}, state: object = { running: {} }) => ({
    metadata: { name, namespace, ...more },
    status: {
      containerStatuses: [
        { name: 'waits', state: { waiting: {} } },
        { name: 'main', state },
      ],
    },
  });
  const daemon = { ownerReferences: [{ kind: 'DaemonSet', name: 'agent' }] };
  const mirror = { annotations: { 'kubernetes.io/config.mirror': '1' } };
  const ranked = [
    pod('a-proxy', 'kube-system', daemon),
    pod('b-static', 'kube-system', mirror),
    pod('c-dns', 'kube-system'),
    pod('d-proxy', 'kube-system', { ...daemon, deletionTimestamp: '2026-11-21T08:00:00Z' }),
  ];

  it("is one of kube-system, one of the node's own before others, in whatever order they come", () => {
    const left = [...ranked, pod('0-agent', 'monitoring', daemon), pod('0-web', 'shop')];
    for (const { metadata } of ranked) {
      for (const items of [left, left.toReversed()]) {
        expect(LoggedPods.parse({ items })).toEqual({ name: metadata.name, container: 'main' });
      }
      left.shift();
    }
    expect(LoggedPods.parse({ items: left }), 'no log of an application').toBeUndefined();
  });

  it('has a container that runs', () => {
    const none = [pod('a', 'kube-system', daemon, { terminated: {} }), { metadata: { name: 'b' }, status: {} }];
    expect(LoggedPods.parse({ items: none })).toBeUndefined();
  });
});

describe('the API server is asked for a log', () => {
  const one = answered['its-log-is-served'];
  if (!one) throw new Error('no such case');
  const run = async (source: Source, of = one) => {
    const asked: { key: string; limits: ReadLimits }[] = [];
    const noting: Source = {
      read: (request, limits) => {
        asked.push({ key: requestKey(request), limits });
        return source.read(request, limits);
      },
    };
    const options = { source: noting, clock: caseClock(of), cluster: of.cluster };
    return { report: await investigate(anyRunbook(runbook), of.target, options), asked };
  };

  it('once, for none of its lines, and waited for no longer than 3 s', async () => {
    const { asked } = await run(caseSource(one));
    expect(asked.filter(({ key }) => key.startsWith('logs '))).toEqual([
      {
        key: 'logs kube-system/node-agent-zbl8p --container agent --tail 0',
        limits: expect.objectContaining({ deadlineMs: 3_000 }),
      },
    ]);
  });

  it('only where the heartbeat of the node has stopped, or could not be seen', async () => {
    for (const [name, of] of Object.entries(cases)) {
      const { asked, report } = await run(caseSource(of), of);
      const life = report.evidence.find(({ id }) => id === 'kubeletAnswer');
      const isAsked = asked.some(({ key }) => key.startsWith('logs '));
      expect(isAsked && life?.shown.startsWith('not asked'), name).toBe(false);
      if (name === 'healthy')
        expect([isAsked, life?.status, life?.shown]).toEqual([
          false,
          'ok',
          expect.stringMatching(/^not asked: it renewed its lease/),
        ]);
    }
  });

  it('and Prometheus for its targets only where that answer tells nothing', async () => {
    const targets = async (name: string) => {
      const of = answered[name];
      if (!of) throw new Error(`no case ${name}`);
      return (await run(caseSource(of), of)).asked.filter(({ key }) => key.startsWith('targets ')).length;
    };
    for (const name of ['refused-to-both', 'cut-off-and-denies', 'silent-to-a-scrape-and-serves'])
      expect(await targets(name), name).toBe(0);
    for (const name of ['refused-a-scrape-and-no-log-may-be-read', 'silent-to-both', 'answers-401-and-is-silent'])
      expect(await targets(name), name).toBe(1);
  });

  it('and Prometheus not for a large answer where the API server is too slow to be asked', async () => {
    const of = answered['refused-to-both'];
    if (!of) throw new Error('no such case');
    const slow = { ...of, reads: failing('list Pod')(of.reads) };
    const { asked, report } = await run(caseSource(slow), slow);
    expect(asked.filter(({ key }) => key.startsWith('targets '))).toEqual([]);
    expect(report.evidence.find(({ id }) => id === 'kubeletErrors')).toMatchObject({ failure: 'timed-out' });
  });

  it('of which nothing is kept: that it was served is all that is recorded and shown', async () => {
    const record = recorder(caseSource(one), keptBy(anyRunbook(runbook)));
    const { report } = await run(record.source);
    expect(record.reads()['logs kube-system/node-agent-zbl8p --container agent --tail 0']).toEqual({ body: '' });
    expect(report.evidence.find(({ id }) => id === 'kubeletAnswer')?.value).toEqual({
      kind: 'served',
      words: 'it serves the API server the log of kube-system/node-agent-zbl8p',
    });
  });
});
