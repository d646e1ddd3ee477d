import { describe, expect, it } from 'vitest';
import { jobOf, queryOf, scrapeFigures, workFigures } from '../../../runbooks/control-plane-down/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const scheduler = { kind: 'Component', name: 'kube-scheduler' } as const;
const manager = { kind: 'Component', name: 'kube-controller-manager' } as const;
const server = { kind: 'Component', name: 'kube-apiserver', job: 'apiserver' } as const;
const scrapes = scrapeFigures(scheduler);
const work = workFigures(scheduler);

const labels = (instance: string, pod = `kube-scheduler-${instance}`) => `{instance="${instance}",pod="${pod}"}`;
const up = (instance: string, more = '') =>
  `up{job="kube-scheduler",instance="${instance}",pod="kube-scheduler-${instance}"${more}}`;

describe.skipIf(needs('promtool'))('PromQL, in the real engine', () => {
  it('targets that answer, that do not, and that are not discovered any more', async () => {
    await ask(
      {
        [up('a')]: '1x400',
        [up('b')]: '1x200 0x200',
        [up('c')]: '1x200 stale',
        'up{job="kubelet",instance="a"}': '1x400',
        'scrape_duration_seconds{job="kube-scheduler",instance="b",pod="kube-scheduler-b"}': '0.03x200 0.001x200',
        'scrape_duration_seconds{job="kubelet",instance="a"}': '9x400',
      },
      [
        { promql: scrapes.up, at: '150m', answer: { [labels('a')]: 1, [labels('b')]: 0 } },
        { promql: scrapes.wasUp, at: '150m', answer: { [labels('a')]: 1, [labels('b')]: 1, [labels('c')]: 1 } },
        { promql: scrapes.scrapeSeconds, at: '150m', answer: { [labels('b')]: 0.001 } },
        {
          promql: scrapes.answeredAgo,
          at: '150m',
          answer: { [labels('a')]: 0, [labels('b')]: 3000, [labels('c')]: 3000 },
          to: 600,
        },
        { promql: scrapes.targets, at: '150m', answer: { '{}': 3 } },
      ],
    );
  });

  it('a target that never answered, and one seen by two Prometheus servers', async () => {
    await ask({ [up('a')]: '0x100', [up('b', ',prometheus="1"')]: '0x100', [up('b', ',prometheus="2"')]: '1x100' }, [
      { promql: scrapes.up, at: '30m', answer: { [labels('a')]: 0, [labels('b')]: 1 } },
      { promql: scrapes.wasUp, at: '30m', answer: { [labels('a')]: 0, [labels('b')]: 1 } },
      { promql: scrapes.answeredAgo, at: '30m', answer: { [labels('b')]: 0 }, to: 120 },
    ]);
  });

  it('the job that the alert names, or the usual ones of that component and no other', async () => {
    const jobs = [
      'kube-scheduler',
      'scheduler',
      'apiserver',
      'kube-apiserver',
      'openshift-apiserver',
      'kubernetes-apiservers',
    ];
    const more = ['kube-controller-manager', 'kube-prometheus-stack-kube-scheduler', 'descheduler'];
    const series = Object.fromEntries([...jobs, ...more].map((job) => [`up{job="${job}",instance="x"}`, '1']));
    const count = (target: Parameters<typeof jobOf>[0], value: number) => ({
      promql: `count(up{${jobOf(target)}})`,
      at: '0s',
      answer: { '{}': value },
    });
    await ask(series, [
      count(scheduler, 3),
      count(manager, 1),
      count(server, 1),
      count({ name: 'kube-apiserver' }, 3),
      count({ name: 'kube-scheduler', job: 'scheduler' }, 1),
    ]);
  });

  it('pods that wait and were never bound, whatever copies of the series there are', async () => {
    const phase = (pod: string, more = '') =>
      `kube_pod_status_phase{namespace="shop",pod="${pod}",phase="Pending"${more}}`;
    const bound = (pod: string, condition = 'true') =>
      `kube_pod_status_scheduled{namespace="shop",pod="${pod}",condition="${condition}"}`;
    await ask(
      {
        [phase('waits')]: '1x20',
        [phase('refused')]: '1x20',
        [bound('refused')]: '0x20',
        [bound('refused', 'false')]: '1x20',
        [phase('pulls')]: '1x20',
        [bound('pulls')]: '1x20',
        [phase('runs')]: '0x20',
        [bound('runs')]: '1x20',
        [phase('waits', ',instance="other"')]: '1x20',
      },
      [{ promql: work.unbound, at: '5m', answer: { '{}': 2 } }],
    );
    await ask({ [phase('runs')]: '0x20' }, [{ promql: work.unbound, at: '5m', answer: { '{}': 0 } }]);
    await ask({ 'up{job="x"}': '1x20' }, [{ promql: work.unbound, at: '5m', answer: {}, to: 0 }]);
  });

  it('Deployments that nobody brought up to date: none is a zero, no kube-state-metrics is no answer', async () => {
    const of = (metric: string, deployment: string) =>
      `kube_deployment_${metric}{namespace="shop",deployment="${deployment}"}`;
    const same = { [of('metadata_generation', 'web')]: '3x20', [of('status_observed_generation', 'web')]: '3x20' };
    const behind = { [of('metadata_generation', 'cart')]: '5x20', [of('status_observed_generation', 'cart')]: '4x20' };
    await ask({ ...same, ...behind }, [{ promql: work.behind, at: '5m', answer: { '{}': 1 } }]);
    await ask(same, [{ promql: work.behind, at: '5m', answer: { '{}': 0 } }]);
    await ask({ 'up{job="x"}': '1x20' }, [{ promql: work.behind, at: '5m', answer: {}, to: 0 }]);
  });

  it('the share of requests to the API server that get no answer', async () => {
    const of = (code: string) => `rest_client_requests_total{job="kubelet",code="${code}"}`;
    await ask({ [of('200')]: '0+30x40', [of('<error>')]: '0+10x40' }, [
      { promql: work.unanswered, at: '10m', answer: { '{}': 0.25 } },
    ]);
    await ask({ [of('200')]: '0+30x40' }, [{ promql: work.unanswered, at: '10m', answer: { '{}': 0 } }]);
    await ask({ [of('200')]: '7x40' }, [{ promql: work.unanswered, at: '10m', answer: {}, to: 0 }]);
  });

  it('what got no answer two minutes ago and before, and when an API server last answered a scrape', async () => {
    const of = (code: string) => `rest_client_requests_total{job="kubelet",code="${code}"}`;
    const lately = { [of('200')]: '0+30x40', [of('<error>')]: '0x18 10+10x21' };
    await ask(lately, [{ promql: work.unansweredBefore, at: '10m', answer: { '{}': 0 } }]);
    await ask({ [of('200')]: '0+30x40', [of('<error>')]: '0+10x40' }, [
      { promql: work.unansweredBefore, at: '10m', answer: { '{}': 0.25 } },
    ]);
    const api = (instance: string) => `up{job="apiserver",instance="${instance}"}`;
    await ask({ [api('a')]: '1x18', [api('b')]: '1x16', [api('c')]: '0x40' }, [
      { promql: work.apiAnsweredAgo, at: '10m', answer: { '{}': 60 } },
    ]);
    await ask({ [api('c')]: '0x40' }, [{ promql: work.apiAnsweredAgo, at: '10m', answer: {}, to: 0 }]);
  });

  it('how many API servers answer Prometheus, whoever scrapes them, and whether it reaches other machines but its own', async () => {
    const server = (instance: string, more = '') => `up{job="apiserver",instance="${instance}"${more}}`;
    const asked = (apiUp: number, apiAll: number, apiMachinesSilent: number, machinesUp: number) => [
      { promql: work.apiUp, at: '5m', answer: { '{}': apiUp } },
      { promql: work.apiAll, at: '5m', answer: { '{}': apiAll } },
      { promql: work.apiMachinesSilent, at: '5m', answer: { '{}': apiMachinesSilent } },
      { promql: work.machinesUp, at: '5m', answer: { '{}': machinesUp } },
    ];
    const itself = {
      'up{job="prometheus",instance="p"}': '1x20',
      'up{job="kube-prometheus-stack-prometheus",instance="p"}': '1x20',
    };
    const node = { 'up{job="node-exporter",instance="a:9100"}': '1x20' };
    const twice = { [server('a', ',prometheus="1"')]: '0x20', [server('a', ',prometheus="2"')]: '1x20' };
    await ask({ ...itself, ...node, ...twice, [server('b')]: '0x20' }, asked(1, 2, 1, 1));
    await ask({ ...itself, [server('a')]: '0x20' }, asked(0, 1, 1, 0));
    const cutOff = {
      'up{job="kubelet",instance="10.0.0.1:10250"}': '0x20',
      'up{job="kubelet",instance="10.0.0.9:10250"}': '1x20',
      'up{job="node-exporter",instance="10.0.0.1:9100"}': '0x20',
      'up{job="node-exporter",instance="10.0.0.9:9100"}': '1x20',
      'up{job="kube-proxy",instance="10.0.0.9:10249"}': '1x20',
      'up{job="alertmanager",instance="10.244.9.4:9093"}': '1x20',
    };
    const both = { [server('10.0.0.1:6443')]: '0x20', [server('[fd00::2]:6443')]: '0x20' };
    await ask({ ...itself, ...cutOff, ...both }, asked(0, 2, 2, 1));
    const reached = {
      'up{job="etcd",instance="10.0.0.1:12381"}': '1x20',
      'up{job="node",instance="[fd00::2]:9100"}': '1x20',
    };
    await ask({ ...cutOff, ...reached, ...both }, asked(0, 2, 0, 2));
    await ask(node, [
      { promql: work.apiUp, at: '5m', answer: {}, to: 0 },
      { promql: work.apiAll, at: '5m', answer: {}, to: 0 },
      { promql: work.apiMachinesSilent, at: '5m', answer: {}, to: 0 },
    ]);
  });

  it('whether its lease moves, by the time in it, and no other lease', async () => {
    const of = (lease: string) => `kube_lease_renew_time{lease="${lease}",namespace="kube-system"}`;
    const moves = { '{}': 10 };
    await ask({ [of('kube-scheduler')]: '100+30x40', [of('kube-controller-manager')]: '100x40' }, [
      { promql: work.leaseMoves ?? '', at: '10m', answer: moves },
      { promql: workFigures(manager).leaseMoves ?? '', at: '10m', answer: { '{}': 0 } },
    ]);
    expect(workFigures(server)).not.toHaveProperty('leaseMoves');
  });

  it('joins its figures by their name, and tells a Prometheus without such a target from one that sees nothing', async () => {
    await ask({ 'up{job="kubelet",instance="a"}': '1x10' }, [
      { promql: queryOf.scrapes(scheduler), at: '1m', answer: { '{figure="targets"}': 1 } },
      { promql: queryOf.work(server), at: '1m', answer: { '{figure="machinesUp"}': 0 } },
    ]);
  });

  it('was asked figure by figure', () => {
    expect(unasked([...Object.values(scrapes), ...Object.values(work)])).toEqual([]);
  });
});
