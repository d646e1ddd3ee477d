import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/pod-network/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const kubelet = { job: 'kubelet', instance: '10.0.0.3:10250' };
const proxyPod = { namespace: 'kube-system', name: 'kube-proxy-a' };
const agents = [{ namespace: 'kube-flannel', name: 'kube-flannel-ds-a.b' }, proxyPod];
const kl = (name: string, labels = '') => `${name}{job="kubelet",instance="10.0.0.3:10250"${labels}}`;
const of = (figure: string, labels = '') => `{figure="${figure}"${labels}}`;
const flannel = ',namespace="kube-flannel",pod="kube-flannel-ds-a.b"';
const proxy = ',namespace="kube-system",pod="kube-proxy-a"';
const inside = (pod: string, container: string) => `${pod},container="${container}",id="/kubepods/p/${container}"`;
const cgroup = (pod: string) => `${pod},container="",id="/kubepods/p"`;

// Samples are 30 s apart.
describe.skipIf(needs('promtool'))('PromQL, in the real engine,', () => {
  it('tells what the agents of this node use of their memory and PIDs, and what was ended in them', async () => {
    await ask(
      {
        [kl('container_memory_working_set_bytes', inside(flannel, 'kube-flannel'))]: '47185920x40',
        [kl('container_spec_memory_limit_bytes', inside(flannel, 'kube-flannel'))]: '52428800x40',
        // Of this one cAdvisor tells no limit.
        [kl('container_memory_working_set_bytes', inside(proxy, 'sidecar'))]: '90000000x40',
        [`kube_pod_container_resource_limits{job="kube-state-metrics"${proxy},container="sidecar",resource="memory"}`]:
          '180000000x40',
        // 0 is no limit, and the sandbox is no container of it.
        [kl('container_memory_working_set_bytes', inside(proxy, 'kube-proxy'))]: '90000000x40',
        [kl('container_spec_memory_limit_bytes', inside(proxy, 'kube-proxy'))]: '0x40',
        [kl('container_memory_working_set_bytes', inside(proxy, 'POD'))]: '100x40',
        [kl('container_oom_events_total', inside(proxy, 'kube-proxy'))]: '0x20 4x20',
        [kl('container_threads', cgroup(flannel))]: '90x40',
        [kl('container_threads_max', cgroup(flannel))]: '100x40',
        [kl('container_threads', inside(flannel, 'kube-flannel'))]: '89x40',
        [kl('container_threads_max', inside(flannel, 'kube-flannel'))]: '0x40',
        // Not of the network, of a name that a dot taken for any character would match, and of another node.
        [kl('container_threads', cgroup(',namespace="shop",pod="web"'))]: '99x40',
        [kl('container_threads_max', cgroup(',namespace="shop",pod="web"'))]: '100x40',
        [kl('container_threads', cgroup(',namespace="kube-flannel",pod="kube-flannel-ds-axb"'))]: '99x40',
        [kl('container_threads_max', cgroup(',namespace="kube-flannel",pod="kube-flannel-ds-axb"'))]: '100x40',
        [`container_oom_events_total{job="kubelet",instance="10.0.0.4:10250"${inside(proxy, 'kube-proxy')}}`]: '0+9x40',
      },
      [
        {
          promql: queries.agentFigures(kubelet, agents),
          at: '15m',
          to: 0.1,
          answer: {
            [of('memory', `${flannel},container="kube-flannel"`)]: 0.9,
            [of('memory', `${proxy},container="sidecar"`)]: 0.5,
            [of('pids', flannel)]: 0.9,
            [of('pidsMax', flannel)]: 100,
            [of('ooms', `${proxy},container="kube-proxy"`)]: 4,
            [of('seen')]: 3,
          },
        },
      ],
    );
  });

  it('takes the most threads of two minutes against the limit, so that no burst is passed over', async () => {
    await ask(
      {
        [kl('container_threads', cgroup(flannel))]: '10x37 98 10x10',
        [kl('container_threads_max', cgroup(flannel))]: '100x50',
      },
      [
        {
          promql: queries.agentFigures(kubelet, agents),
          at: '20m',
          answer: { [of('pids', flannel)]: 0.98, [of('pidsMax', flannel)]: 100 },
        },
        {
          promql: queries.agentFigures(kubelet, agents),
          at: '22m',
          answer: { [of('pids', flannel)]: 0.1, [of('pidsMax', flannel)]: 100 },
        },
      ],
    );
  });

  it('counts sandboxes that could not be made, and tells "none yet" from "not scraped"', async () => {
    const errors = 'kubelet_runtime_operations_errors_total';
    const calls = 'kubelet_runtime_operations_total';
    await ask(
      {
        [kl(errors, ',operation_type="run_podsandbox"')]: '0x10 0+2x40',
        [kl(errors, ',operation_type="pull_image"')]: '0+50x50',
        [kl(calls, ',operation_type="status"')]: '0+6x50',
        [kl(calls, ',operation_type="run_podsandbox"')]: '0+1x50',
      },
      [
        {
          promql: queries.kubeletFigures(kubelet),
          at: '20m',
          to: 1,
          answer: { [of('sandboxErrors')]: 40, [of('calls')]: 2 },
        },
      ],
    );
    await ask({ [kl(calls, ',operation_type="status"')]: '0+6x50' }, [
      { promql: queries.kubeletFigures(kubelet), at: '20m', answer: { [of('calls')]: 1 } },
    ]);
    await ask({ 'up{job="kubelet",instance="10.0.0.9:10250"}': '1x50' }, [
      { promql: queries.kubeletFigures(kubelet), at: '20m', answer: {} },
    ]);
  });

  it('finds kube-proxy by its pod: whether it is scraped, and how often it could not write its rules', async () => {
    const labels = 'job="kube-proxy",namespace="kube-system",pod="kube-proxy-a",instance="10.0.0.3:10249"';
    await ask(
      {
        [`up{${labels}}`]: '1x30 0x10',
        [`kubeproxy_sync_proxy_rules_iptables_restore_failures_total{${labels}}`]: '0+1x30',
        'up{job="kube-proxy",namespace="kube-system",pod="kube-proxy-b",instance="10.0.0.4:10249"}': '1x40',
        'up{job="node-exporter",namespace="kube-system",pod="kube-proxy-a",instance="10.0.0.3:9100"}': '1x40',
      },
      [
        {
          promql: queries.proxyFigures(proxyPod),
          at: '15m',
          to: 1,
          answer: { [of('up')]: 1, [of('restoreFailures')]: 20 },
        },
        {
          promql: queries.proxyFigures(proxyPod),
          at: '19m',
          to: 1,
          answer: { [of('up')]: 0, [of('restoreFailures')]: 13 },
        },
      ],
    );
  });

  it('has asked every query', () => {
    expect(
      unasked([queries.agentFigures(kubelet, agents), queries.kubeletFigures(kubelet), queries.proxyFigures(proxyPod)]),
    ).toEqual([]);
  });
});
