import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/pid-exhaustion/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const exporter = { job: 'node-exporter', instance: '10.0.0.3:9100' };
const kubelet = { job: 'kubelet', instance: '10.0.0.3:10250' };
const ne = (name: string, labels = '') => `${name}{job="node-exporter",instance="10.0.0.3:9100"${labels}}`;
const kl = (name: string, labels = '') => `${name}{job="kubelet",instance="10.0.0.3:10250"${labels}}`;
const of = (figure: string, labels = '') => `{figure="${figure}"${labels}}`;
const pod = (name: string) => `,namespace="shop",pod="${name}"`;

/** The cgroup of a pod, and one of its containers, as cAdvisor labels them since Kubernetes 1.24. */
const cgroup = (name: string) => `${pod(name)},container="",id="/kubepods/pod-${name}"`;
const inside = (name: string, container: string) =>
  `${pod(name)},container="${container}",id="/kubepods/pod-${name}/${container}"`;

// Samples are 30 s apart.
describe.skipIf(needs('promtool'))('PromQL, in the real engine,', () => {
  it('finds the pod at its limit by its own cgroup, as recorded: 99 of 100, container_processes 0', async () => {
    await ask(
      {
        [kl('container_threads', cgroup('pids-live'))]: '2x10 99x60',
        [kl('container_threads_max', cgroup('pids-live'))]: '100x70',
        [kl('container_threads', inside('pids-live', 'c'))]: '1x10 98x60',
        [kl('container_threads_max', inside('pids-live', 'c'))]: '0x70',
        [kl('container_processes', cgroup('pids-live'))]: '0x70',
        [kl('container_processes', inside('pids-live', 'c'))]: '1x10 98x60',
        [kl('container_threads', cgroup('web'))]: '2x70',
        [kl('container_threads_max', cgroup('web'))]: '0x70',
        [kl('container_threads', ',id="/",container="",pod="",namespace=""')]: '0x70',
        [kl('container_threads', ',id="/kubepods",container="",pod="",namespace=""')]: '206x70',
        [kl('container_threads_max', ',id="/kubepods",container="",pod="",namespace=""')]: '32768x70',
        [kl('container_threads', ',id="/kubepods/burstable",container="",pod="",namespace=""')]: '205x70',
        'container_threads{job="kubelet",instance="10.0.0.4:10250",namespace="shop",pod="other",container=""}':
          '9000x70',
      },
      [
        {
          promql: queries.podFigures(kubelet),
          at: '20m',
          answer: {
            [of('threads', pod('pids-live'))]: 99,
            [of('threads', pod('web'))]: 2,
            [of('share', pod('pids-live'))]: 0.99,
            [of('limit', pod('pids-live'))]: 100,
            [of('processes', pod('pids-live'))]: 98,
            [of('together')]: 101,
            [of('pods')]: 2,
            [of('limitsSeen')]: 2,
            [of('allPods')]: 206,
            [of('allPodsMax')]: 32_768,
          },
        },
      ],
    );
  });

  it('adds up containers where the cgroup of the pod is not shown, without the sandbox', async () => {
    await ask(
      {
        [kl('container_threads', inside('web', 'app'))]: '40x60',
        [kl('container_threads', inside('web', 'sidecar'))]: '2x60',
        [kl('container_threads', inside('web', 'POD'))]: '1x60',
        [kl('container_processes', inside('web', 'app'))]: '3x60',
        [kl('container_processes', inside('web', 'sidecar'))]: '1x60',
      },
      [
        {
          promql: queries.podFigures(kubelet),
          at: '20m',
          answer: {
            [of('threads', pod('web'))]: 42,
            [of('processes', pod('web'))]: 4,
            [of('together')]: 42,
            [of('pods')]: 1,
          },
        },
      ],
    );
  });

  it('takes the limit of a container where that is reached before the one of its pod', async () => {
    await ask(
      {
        [kl('container_threads', cgroup('crio'))]: '1100x60',
        [kl('container_threads_max', cgroup('crio'))]: '4096x60',
        [kl('container_threads', inside('crio', 'app'))]: '1024x60',
        [kl('container_threads_max', inside('crio', 'app'))]: '1024x60',
      },
      [
        {
          promql: queries.podFigures(kubelet),
          at: '20m',
          answer: {
            [of('threads', pod('crio'))]: 1_100,
            [of('share', pod('crio'))]: 1,
            [of('limit', pod('crio'))]: 1_024,
            [of('together')]: 1_100,
            [of('pods')]: 1,
            [of('limitsSeen')]: 1,
          },
        },
      ],
    );
  });

  it('names five at the most, those with most threads and those nearest to their limits, and counts all', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const series = names.flatMap((name, index) => [
      [kl('container_threads', cgroup(name)), `${100 + index}x60`],
      [kl('container_threads_max', cgroup(name)), `${1_000 * (index + 1)}x60`],
    ]);
    const figure = (name: string, values: readonly (readonly [string, number])[]) =>
      values.map(([one, value]) => [of(name, pod(one)), value]);
    await ask(Object.fromEntries(series), [
      {
        promql: queries.podFigures(kubelet),
        at: '20m',
        answer: Object.fromEntries([
          ...figure('threads', [
            ['c', 102],
            ['d', 103],
            ['e', 104],
            ['f', 105],
            ['g', 106],
          ]),
          ...figure('share', [
            ['a', 0.1],
            ['b', 0.051],
            ['c', 0.034],
            ['d', 0.026],
            ['e', 0.021],
          ]),
          ...figure('limit', [
            ['a', 1_000],
            ['b', 2_000],
            ['c', 3_000],
            ['d', 4_000],
            ['e', 5_000],
          ]),
          [of('together'), 721],
          [of('pods'), 7],
          [of('limitsSeen'), 7],
        ]),
      },
    ]);
  });

  it('keeps the most of two minutes, and shows nothing at once when the kubelet stops answering', async () => {
    await ask({ [kl('container_threads', cgroup('burst'))]: '5x20 900 5x19 stale' }, [
      {
        promql: queries.podFigures(kubelet),
        at: '12m',
        answer: { [of('threads', pod('burst'))]: 900, [of('together')]: 900, [of('pods')]: 1 },
      },
      { promql: queries.podFigures(kubelet), at: '25m', answer: {} },
    ]);
  });

  it('tells threads and limits of the machine, zombies, and processes started a second', async () => {
    const labels = ',instance="10.0.0.3:9100",job="node-exporter"';
    await ask(
      {
        [ne('node_processes_threads')]: '1450x20 31400x60',
        [ne('node_processes_max_processes')]: '32768x80',
        [ne('node_processes_max_threads')]: '254000x80',
        [ne('node_processes_pids')]: '400x80',
        [ne('node_processes_state', ',state="S"')]: '390x80',
        [ne('node_processes_state', ',state="Z"')]: '12x80',
        [ne('node_forks_total')]: '0+180x80',
        'node_processes_threads{job="node-exporter",instance="10.0.0.4:9100"}': '9x80',
      },
      [
        {
          promql: queries.machineFigures(exporter),
          at: '30m',
          answer: {
            [of('threads', labels)]: 31_400,
            [of('pidMax', labels)]: 32_768,
            [of('threadsMax', labels)]: 254_000,
            [of('zombies', `${labels},state="Z"`)]: 12,
            [of('forks', labels)]: 6,
          },
        },
      ],
    );
  });

  it('tells only of forks where the collector of processes is off', async () => {
    const labels = ',instance="10.0.0.3:9100",job="node-exporter"';
    await ask({ [ne('node_forks_total')]: '0+180x80' }, [
      { promql: queries.machineFigures(exporter), at: '30m', answer: { [of('forks', labels)]: 6 } },
    ]);
  });

  it('has asked every query', () => {
    expect(unasked([queries.podFigures(kubelet), queries.machineFigures(exporter)])).toEqual([]);
  });
});
