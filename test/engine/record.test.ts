import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ReadFailure } from '../../engine/errors.ts';
import { investigate } from '../../engine/investigate.ts';
import type { Answer, ReadRequest, Source } from '../../engine/readers.ts';
import { caseOf, keptBy, recorder } from '../../engine/record.ts';
import { Case, caseClock, caseSource } from '../../engine/replay.ts';
import { requestKey } from '../../engine/request.ts';
import { anyRunbook, defineRunbook, type Evidence } from '../../engine/runbook.ts';
import { PodTarget } from '../../engine/target.ts';
import { confirmed, ruledOut } from '../../engine/verdict.ts';

const now = new Date('2026-11-21T03:00:00.000Z');
const clock = { now: () => now };
const nothing = () => undefined;
const limits = { deadlineMs: 1_000, maxBytes: 100_000 };

const pod = {
  metadata: {
    name: 'web-1',
    managedFields: [{ manager: 'kubectl', fieldsV1: { 'f:spec': {} } }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': '{"env":[{"name":"PIN","value":"4711"}]}',
    },
    labels: { team: 'shop' },
  },
  spec: {
    containers: [
      {
        name: 'web',
        args: ['--token=abcdef0123456789', '--v=2'],
        env: [
          { name: 'PIN', value: '4711' },
          { name: 'FROM', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        ],
      },
    ],
  },
  status: { phase: 'Failed' },
};

/** What a cluster and its Prometheus answer. */
const source: Source = {
  async read(request): Promise<Answer> {
    const told = { bytes: 1, asked: `/as/sent?${requestKey(request)}`, asOf: now };
    if (request.verb === 'get') return { body: pod, ...told };
    if (request.verb === 'logs') return { body: 'boom\npassword=hunter2\n', ...told };
    if (request.verb === 'query')
      return { body: [{ labels: { pod: 'web-1' }, value: Number.NaN, at: now }], ...told, partial: 'a store is away' };
    throw new ReadFailure('forbidden', 'may not list', { remedy: 'apply this rule' });
  },
};

const runbook = anyRunbook(
  defineRunbook({
    id: 'pod-looks',
    title: 'A pod is looked at',
    alerts: [],
    target: PodTarget,
    evidence: {
      pod: {
        title: 'Pod',
        schema: z.object({ status: z.object({ phase: z.string() }) }),
        reads: ['get Pod'],
        read: ({ kube }, { namespace, name }) => kube.get('Pod', name, { namespace }),
        show: ({ status }) => status.phase,
      },
      figure: {
        title: 'A figure',
        schema: z.array(z.object({ value: z.number().or(z.nan()), at: z.date() })),
        read: ({ metrics }) => metrics.query('up'),
        show: (samples) => samples.map(({ value, at }) => `${value} at ${at.toISOString()}`).join(', '),
      },
      events: {
        title: 'Events',
        schema: z.unknown(),
        reads: ['list Event'],
        read: ({ kube }) => kube.list('Event'),
        show: String,
      },
    },
    causes: {
      failed: {
        title: 'It failed',
        judge: ({ pod }) => (pod.status.phase === 'Failed' ? confirmed('F') : ruledOut('')),
      },
      noFigure: {
        title: 'None',
        judge: ({ figure }) => (figure.length === 0 ? confirmed('') : ruledOut('there is one')),
      },
      seen: { title: 'Events', judge: ({ events }) => (events ? confirmed('') : ruledOut('')) },
    },
    remedies: {},
    manual: {},
    recovered: ({ pod }) => (pod.status.phase === 'Running' ? confirmed('runs') : ruledOut(pod.status.phase)),
  }),
);
const target = { kind: 'Pod', namespace: 'shop', name: 'web-1' } as const;

async function recordedRun() {
  const recording = recorder(source, nothing);
  const report = await investigate(runbook, target, { source: recording.source, clock, cluster: 'prod' });
  // A file and back: what JSON cannot say is lost here or never.
  return { report, recorded: Case.parse(JSON.parse(JSON.stringify(caseOf(report, target, recording.reads(), now)))) };
}

describe('a recorded run', () => {
  it('comes to the same report when it is replayed', async () => {
    const { report, recorded } = await recordedRun();
    const again = await investigate(runbook, target, {
      ...{ source: caseSource(recorded), clock: caseClock(recorded), cluster: recorded.cluster },
    });

    const timeless = ({ cost: _cost, evidence, ...rest }: typeof report) => ({
      ...rest,
      evidence: evidence.map(({ elapsedMs: _ms, asOf: _at, ...item }) => item),
    });
    // Where a query found its answer is not masked; what was sent to the API server is told as it was sent.
    expect(timeless(again)).toEqual(timeless(report));
    expect(again.causes.map(({ verdict }) => verdict)).toEqual(['confirmed', 'inconclusive', 'inconclusive']);
    expect(recorded).toMatchObject({ since: now.toISOString(), expect: { recovered: 'ruled-out' } });
  });

  it('holds no environment value, no secret, and no second copy of an object', async () => {
    const { recorded } = await recordedRun();
    const recording = recorder(source, nothing);
    await recording.source.read({ verb: 'logs', namespace: 'shop', name: 'web-1', lines: 9 }, limits);
    const text = JSON.stringify([recorded, recording.reads()]);

    for (const secret of ['4711', 'hunter2', 'abcdef0123456789', 'fieldsV1', 'last-applied'])
      expect(text).not.toContain(secret);
    for (const kept of ['PIN', 'fieldPath', '"team":"shop"', 'kubectl', 'boom']) expect(text).toContain(kept);
  });

  it('keeps of a ConfigMap what the runbook says it uses, and of the rest the keys', async () => {
    const body = { data: { wanted: 'a and b', other: 'swordfish' }, binaryData: { blob: 'aGlkZGVu' } };
    const configMap: Source = { read: async () => ({ body, bytes: 1, asked: '', asOf: now }) };
    const reads = async (kept: ReturnType<typeof keptBy>) => {
      const recording = recorder(configMap, kept);
      await recording.source.read({ verb: 'get', kind: 'ConfigMap', namespace: 'shop', name: 'web' }, limits);
      return Object.values(recording.reads()).map((read) => read?.body);
    };
    const map: Evidence<unknown, unknown> = {
      ...{ title: 'Map', schema: z.unknown(), read: async () => null, show: String },
      keptOfConfigMap: (key, text) => (key === 'wanted' ? text.slice(0, 1) : undefined),
    };
    const uses = { evidence: { map } };
    const binaryData = { blob: '[redacted]' };

    expect(await reads(keptBy(uses))).toEqual([{ data: { wanted: 'a', other: '[redacted]' }, binaryData }]);
    expect(await reads(keptBy(runbook))).toEqual([{ data: { wanted: '[redacted]', other: '[redacted]' }, binaryData }]);
  });

  it('holds nothing that people wrote where a secret may stand under any name', async () => {
    const held = {
      metadata: {
        labels: { team: 'shop' },
        annotations: { 'deployment.kubernetes.io/revision': '3', 'vault.example.com/pin': 'swordfish' },
      },
      spec: {
        livenessProbe: {
          httpGet: { path: '/healthz', httpHeaders: [{ name: 'X-Pin', value: 'swordfish' }] },
          exec: { command: ['redis-cli', '-a', 'swordfish', 'ping'] },
        },
        volumes: [{ name: 'share', csi: { driver: 'smb', volumeAttributes: { user: 'swordfish' } } }],
      },
    };
    const recording = recorder({ read: async () => ({ body: held, bytes: 1, asked: '', asOf: now }) }, nothing);
    await recording.source.read({ verb: 'get', kind: 'Pod', namespace: 'shop', name: 'web-1' }, limits);
    const text = JSON.stringify(recording.reads());

    expect(text).not.toContain('swordfish');
    for (const kept of ['"team":"shop"', 'revision":"3"', 'X-Pin', '/healthz', 'vault.example.com/pin', 'smb'])
      expect(text).toContain(kept);
  });

  it('keeps how a container is started only of the control plane, and there without its secrets', async () => {
    const args = ['etcd', '--heartbeat-interval=100', '--auth-password', 'swordfish', '-u', 'root:swordfish'];
    const spec = { containers: [{ name: 'it', command: ['redis-server', '--requirepass', 'swordfish'], args }] };
    const recordedOf = async (options: object) => {
      const body = { items: [{ metadata: { name: 'it' }, spec }] };
      const recording = recorder({ read: async () => ({ body, bytes: 1, asked: '', asOf: now }) }, nothing);
      await recording.source.read({ verb: 'list', kind: 'Pod', ...options }, limits);
      return JSON.stringify(recording.reads());
    };
    const others = [
      await recordedOf({ fieldSelector: 'spec.nodeName=worker-3' }),
      await recordedOf({ namespace: 'kube-system' }),
      await recordedOf({ namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }),
      await recordedOf({ namespace: 'shop', labelSelector: 'component=web' }),
    ];
    const etcd = await recordedOf({ namespace: 'kube-system', labelSelector: 'component=etcd,tier=control-plane' });

    for (const text of [...others, etcd]) expect(text).not.toContain('swordfish');
    for (const text of others) expect(text).not.toMatch(/redis|heartbeat/);
    expect(etcd).toContain('--heartbeat-interval=100');
  });

  it('holds no secret of a label of Prometheus, nor in what was asked next, and is replayed all the same', async () => {
    const instance = 'https://scraper:S3cretPw@host.example/probe?token=tok_987654';
    const answers: Source = {
      read: async () => ({
        body: [{ labels: { instance, password: 'pw12345' }, value: 1, at: now }],
        bytes: 1,
        asked: '',
        asOf: now,
      }),
    };
    const recording = recorder(answers, nothing);
    const query = (promql: string): ReadRequest => ({ verb: 'query', promql });
    const up = `up{instance=${JSON.stringify(instance)}}`;
    await recording.source.read(query(up), limits);
    const reads = recording.reads();

    for (const secret of ['S3cretPw', 'tok_987654', 'pw12345']) expect(JSON.stringify(reads)).not.toContain(secret);
    const { recorded } = await recordedRun();
    expect((await caseSource({ ...recorded, reads }).read(query(up), limits)).body).toHaveLength(1);
  });

  it('tells a refused connection from one without an answer', async () => {
    const refusing: Source = {
      read: async () => {
        throw new ReadFailure('unreachable', 'connect ECONNREFUSED', { refused: true });
      },
    };
    const recording = recorder(refusing, nothing);
    await expect(recording.source.read({ verb: 'probe', path: '/readyz' }, limits)).rejects.toThrow('ECONNREFUSED');
    expect(recording.reads()['probe /readyz']).toMatchObject({ failure: { kind: 'unreachable', refused: true } });
  });

  it('does not change what the run itself sees', async () => {
    const request: ReadRequest = { verb: 'get', kind: 'Pod', namespace: 'shop', name: 'web-1' };
    expect((await recorder(source, nothing).source.read(request, limits)).body).toBe(pod);
  });
});
