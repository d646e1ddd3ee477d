import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { clusterFrom } from '../../infra/kubernetes/client.ts';
import { answerIn } from '../../runbooks/node-not-ready/answer-words.ts';
import { type ControlPlane, startControlPlane } from '../harness/control-plane.ts';
import { startEtcd } from '../harness/etcd.ts';
import { kubeClient } from '../harness/kube-client.ts';
import type { Kubelets } from '../harness/kubelets.ts';
import { needs } from '../harness/programs.ts';
import { startPrometheus } from '../harness/prometheus.ts';
import { until } from '../harness/until.ts';

const conditions = z.array(z.object({ type: z.string(), status: z.string(), reason: z.string().optional() }));
const nodeSchema = z.object({
  spec: z.object({ taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]) }),
  status: z.object({ conditions }),
});
const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      status: z.object({ phase: z.string(), conditions }),
    }),
  ),
});
const eventsSchema = z.object({
  items: z.array(z.object({ reason: z.string(), source: z.object({ component: z.string().optional() }) })),
});
const leaseSchema = z.object({ spec: z.object({ renewTime: z.string() }) });

const fromMemory = 'resourceVersion=0';
const statusOf = (type: string, of: { status: { conditions: z.infer<typeof conditions> } }) =>
  of.status.conditions.find((condition) => condition.type === type)?.status;

describe.skipIf(needs('etcd', 'openssl', 'kube-apiserver', 'kube-controller-manager', 'prometheus'))(
  'a real control plane',
  () => {
    let plane: ControlPlane;
    let kubelets: Kubelets;

    beforeAll(async () => {
      plane = await startControlPlane({ etcd: await startEtcd({ members: 3 }) });
      const nodes = await plane.createNodes(12, 60);
      kubelets = await plane.runKubelets(nodes, { ports: true });
      return async () => {
        await plane[Symbol.asyncDispose]();
        await plane.etcd[Symbol.asyncDispose]();
      };
    });

    const node = async (name: string) =>
      nodeSchema.parse(await plane.kube.must('GET', `/api/v1/nodes/${name}?${fromMemory}`));
    const taints = async (name: string) => (await node(name)).spec.taints.map(({ key, effect }) => `${key}:${effect}`);
    const podsOn = async (name: string) => {
      const path = `/api/v1/pods?fieldSelector=spec.nodeName%3D${name}&${fromMemory}`;
      return podsSchema.parse(await plane.kube.must('GET', path)).items;
    };
    const renewTime = async (name: string) => {
      const path = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}?${fromMemory}`;
      return leaseSchema.parse(await plane.kube.must('GET', path)).spec.renewTime;
    };

    test('turns a node whose kubelet is silent Unknown, taints it, writes an event, and takes all of it back', async () => {
      const silent = 'worker-3';
      await kubelets.silence(silent);
      await until('the node to be Unknown', async () => statusOf('Ready', await node(silent)) === 'Unknown', {
        deadlineMs: 90_000,
      });
      const unreachable = 'node.kubernetes.io/unreachable';
      await until('both taints', async () => (await taints(silent)).length === 2);
      expect((await taints(silent)).toSorted()).toEqual([`${unreachable}:NoExecute`, `${unreachable}:NoSchedule`]);
      const selector = `involvedObject.kind%3DNode,involvedObject.name%3D${silent}`;
      const events = eventsSchema.parse(await plane.kube.must('GET', `/api/v1/events?fieldSelector=${selector}`)).items;
      expect(events).toContainEqual({ reason: 'NodeNotReady', source: { component: 'node-controller' } });
      const pods = await podsOn(silent);
      expect(pods).toHaveLength(5);
      for (const pod of pods) {
        expect(pod.status.phase).toBe('Running');
        expect([statusOf('Ready', pod), statusOf('ContainersReady', pod)]).toEqual(['False', 'True']);
      }
      expect(statusOf('Ready', await node('worker-4')), 'the others stay ready').toBe('True');

      await kubelets.speak(silent);
      await until('the node to be Ready without taints', async () => {
        const { spec, status } = await node(silent);
        return spec.taints.length === 0 && statusOf('Ready', { status }) === 'True';
      });
      await until('its pods to be ready', async () =>
        (await podsOn(silent)).every((pod) => statusOf('Ready', pod) === 'True'),
      );
    });

    test('a silent kubelet refuses connections when stopped, and accepts but says nothing when frozen', async () => {
      await using prometheus = await startPrometheus({
        scrapeConfigs: [kubelets.scrapeConfig(), ...plane.scrapeConfigs()],
      });
      const value = async (promql: string) => (await prometheus.query(promql))[0]?.value;
      await until('everything to be scraped', async () => (await value('sum(up)')) === 14);
      const proxy = (name: string) =>
        plane.kube.call('GET', `/api/v1/nodes/${name}/proxy/healthz`, undefined, { deadlineMs: 1_000 });
      expect(await proxy('worker-1')).toMatchObject({ status: 200, body: 'ok' });
      const cluster = await clusterFrom({ kubeconfig: plane.kubeconfig, version: '0.0.0' });
      const log = async (node: string) => {
        const [pod] = await podsOn(node);
        const { name = '', namespace = '' } = pod?.metadata ?? {};
        const limits = { deadlineMs: 1_000, maxBytes: 1_000 };
        return cluster.source
          .read({ verb: 'logs', namespace, name, container: 'main', lines: 0 }, limits)
          .then(({ body }) => body)
          .catch((failure) => answerIn(failure, []));
      };
      expect(await log('worker-1'), 'the log of a pod there').toBe('');

      await kubelets.silence('worker-1', 'stopped');
      await kubelets.silence('worker-2', 'frozen');
      const refused = { message: expect.stringContaining('connection refused') };
      expect(await proxy('worker-1')).toMatchObject({ status: expect.toSatisfy((code) => code >= 500), body: refused });
      await expect(proxy('worker-2')).rejects.toMatchObject({ name: 'TimeoutError' });
      expect(await log('worker-1')).toMatchObject({ kind: 'refused', words: expect.stringMatching(/:10250$/) });
      expect(await log('worker-2')).toMatchObject({ kind: 'silent' });
      await cluster.close();
      await until('both to be down', async () => (await value('sum(up{job="kubelet"})')) === 10);
      expect(await value('scrape_duration_seconds{node="worker-1"}')).toBeLessThan(0.5);
      expect(await value('scrape_duration_seconds{node="worker-2"}')).toBeGreaterThan(0.9); // the time-out is 1 s

      await kubelets.speak('worker-1');
      await kubelets.speak('worker-2');
      expect(await proxy('worker-2')).toMatchObject({ status: 200, body: 'ok' });
    });

    test('kubelets start pods that are bound to their node and finish those that are evicted', async () => {
      const pods = '/api/v1/namespaces/shop/pods';
      const spec = { nodeName: 'worker-5', containers: [{ name: 'main', image: 'registry.example/new:v1' }] };
      await plane.kube.must('POST', pods, { metadata: { name: 'new' }, spec });
      await until('it to run', async () => {
        const pod = z
          .object({ status: z.object({ phase: z.string() }) })
          .parse(await plane.kube.must('GET', `${pods}/new`));
        return pod.status.phase === 'Running';
      });
      const eviction = { apiVersion: 'policy/v1beta1', kind: 'Eviction', metadata: { name: 'new', namespace: 'shop' } };
      await plane.kube.must('POST', `${pods}/new/eviction`, eviction);
      await until('it to be gone', async () => (await plane.kube.call('GET', `${pods}/new`)).status === 404);
    });

    test('a ServiceAccount may do what its rules say and nothing else', async () => {
      const { token, user } = await plane.serviceAccount('reader', [
        { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
      ]);
      await using reader = await kubeClient(plane.url, plane.caFile, { token });
      expect((await reader.call('GET', '/api/v1/nodes/worker-1')).status).toBe(200);
      const refused = await reader.call('GET', '/api/v1/pods');
      expect(refused.status).toBe(403);
      expect(refused.body).toMatchObject({ reason: 'Forbidden', message: expect.stringContaining(`User "${user}"`) });
    });

    test('with etcd silent: memory answers 200 with leases that stand still, quorum reads hang, /readyz is 500', async () => {
      {
        await using _fault = await plane.stopEtcdQuorum();
        await until('/readyz to fail', async () => (await plane.kube.call('GET', '/readyz')).status === 500);
        const before = await renewTime('worker-6');
        const quorumRead = plane.kube.call('GET', '/api/v1/nodes/worker-6', undefined, { deadlineMs: 3_000 });
        await expect(quorumRead).rejects.toMatchObject({ name: 'TimeoutError' });
        await until('the controller manager to give up', () => plane.controllerManager.ended() !== undefined);
        expect(await renewTime('worker-6'), 'more than ten seconds later').toBe(before);
        expect(Date.now() - Date.parse(before)).toBeGreaterThan(10_000);
      }
      expect((await plane.kube.call('GET', '/api/v1/nodes/worker-6')).status).toBe(200);
      expect(plane.controllerManager.ended()).toBeUndefined();
    });

    test('with its etcd member alive but leaderless: reads from memory come to hang too', async () => {
      await using _fault = await plane.stopEtcdQuorum('leaderless');
      const read = () =>
        plane.kube.call('GET', `/api/v1/nodes/worker-6?${fromMemory}`, undefined, { deadlineMs: 2_000 });
      await until('a read to hang', () =>
        read().then(
          () => false,
          ({ name }) => name === 'TimeoutError',
        ),
      );
      const live = await plane.etcd.members[0]?.metrics();
      expect(live?.sum('etcd_server_has_leader')).toBe(0);
    });
  },
);
