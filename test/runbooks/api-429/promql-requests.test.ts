import { describe, expect, it } from 'vitest';
import * as queries from '../../../runbooks/api-429/queries.ts';
import { needs } from '../../harness/programs.ts';
import { asker } from '../../harness/promtool.ts';

const { ask, unasked } = asker();
const api = queries.apiJob('apiserver');
const answers = queries.answerFigures(api);
const flows = queries.flowFigures(api);
const webhooks = queries.webhookFigures(api);

const request = (labels: string) => `apiserver_request_total{job="apiserver",instance="a",${labels}}`;
const ended = (labels: string) => `apiserver_request_terminations_total{job="apiserver",instance="a",${labels}}`;

/** All series have a sample every 30 s, from minute 0 on. */
describe.skipIf(needs('promtool'))('PromQL, in the real engine, about requests', () => {
  it('tells all answers, 5xx, and 429 by verb and resource; evictions even when ten others are more', async () => {
    const crowd = Object.fromEntries(
      Array.from({ length: 11 }, (_, index) => [
        request(`verb="LIST",resource="r${index}",subresource="",code="429"`),
        `0+${(index + 1) * 300}x60`,
      ]),
    );
    const series = {
      ...crowd,
      [request('verb="GET",resource="pods",subresource="",code="200"')]: '0+3000x60',
      [request('verb="GET",resource="pods",subresource="",code="503"')]: '0+30x60',
      [request('verb="POST",resource="pods",subresource="eviction",code="429"')]: '0+15x60',
      [ended('verb="LIST",resource="events",subresource="",code="429"')]: '0+60x60',
      [ended('verb="LIST",resource="events",subresource="",code="504"')]: '0+60x60',
      'apiserver_request_total{job="other",verb="GET",code="429",resource="x",subresource=""}': '0+900x60',
      'rest_client_requests_total{job="kubelet",instance="n",code="429"}': '0+90x60',
      'rest_client_requests_total{job="kubelet",instance="n",code="200"}': '0+900x60',
    };
    const ten = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`{verb="LIST",resource="r${index + 1}"}`, (index + 2) * 10]),
    );
    await ask(series, [
      { promql: answers.all, at: '20m', answer: { '{}': 761.5 } },
      { promql: answers.broken, at: '20m', answer: { '{}': 1 } },
      { promql: answers.allNow, at: '20m', answer: { '{}': 761.5 } },
      { promql: answers.brokenNow, at: '20m', answer: { '{}': 1 } },
      {
        promql: answers.refused,
        at: '20m',
        answer: { ...ten, '{verb="POST",resource="pods",subresource="eviction"}': 0.5 },
      },
      { promql: answers.ended, at: '20m', answer: { '{verb="LIST",resource="events"}': 2 } },
      { promql: answers.allRefused, at: '20m', answer: { '{}': 660.5 } },
      { promql: answers.allEnded, at: '20m', answer: { '{}': 2 } },
      { promql: answers.allEvictions, at: '20m', answer: { '{}': 0.5 } },
      { promql: answers.refusedNow, at: '20m', answer: { '{}': 660 } },
      { promql: answers.endedNow, at: '20m', answer: { '{}': 2 } },
      { promql: answers.clients, at: '20m', answer: { '{job="kubelet"}': 3 } },
    ]);
  });

  it('says zero 5xx and zero 429 where requests are counted, and nothing where nobody counts', async () => {
    await ask({ [request('verb="GET",resource="pods",subresource="",code="200"')]: '0+30x60' }, [
      { promql: answers.broken, at: '20m', answer: { '{}': 0 } },
      { promql: answers.brokenNow, at: '20m', answer: { '{}': 0 } },
      { promql: answers.refused, at: '20m', answer: {} },
      ...[answers.allRefused, answers.allEnded, answers.allEvictions, answers.refusedNow, answers.endedNow].map(
        (promql) => ({
          ...{ promql, at: '20m', answer: { '{}': 0 } },
        }),
      ),
    ]);
    await ask({ up: '1x60' }, [{ promql: queries.queryOf.answers(api), at: '20m', answer: {}, to: 0 }]);
  });

  const flow = (metric: string, labels: string) =>
    `apiserver_flowcontrol_${metric}{job="apiserver",instance="a",${labels}}`;
  const low = 'priority_level="workload-low",flow_schema="service-accounts"';

  it.each([
    ['since Kubernetes 1.29', 'current_executing_seats', 'current_limit_seats'],
    ['before', 'current_executing_requests', 'request_concurrency_limit'],
  ])('tells of priority and fairness, by the names of metrics %s', async (_, executing, limit) => {
    const series = {
      [flow('rejected_requests_total', `${low},reason="queue-full"`)]: '0x20 0+60x40',
      [flow('dispatched_requests_total', low)]: '0+300x3000',
      [flow('dispatched_requests_total', 'priority_level="exempt",flow_schema="exempt"')]: '0+9000x60',
      [flow(executing, low)]: '3x30 98x30',
      [flow(limit, 'priority_level="workload-low"')]: '100x60',
      [flow('current_inqueue_requests', low)]: '0x30 40x2 0x28',
      [flow('request_execution_seconds_sum', low)]: '0+150x60',
      [flow('request_execution_seconds_count', low)]: '0+300x60',
    };
    const of = '{priority_level="workload-low",flow_schema="service-accounts"}';
    await ask(series, [
      { promql: flows.rejected, at: '18m', answer: { [`${of.slice(0, -1)},reason="queue-full"}`]: 2 } },
      { promql: flows.rejected, at: '9m', answer: {} },
      { promql: flows.rejectedNow, at: '18m', answer: { [of]: 2 } },
      { promql: flows.allRejected, at: '18m', answer: { '{}': 2 } },
      { promql: flows.allRejectedNow, at: '18m', answer: { '{}': 2 } },
      { promql: flows.allRejected, at: '9m', answer: { '{}': 0 } },
      { promql: flows.dispatched, at: '18m', answer: { [of]: 10 } },
      { promql: flows.usual, at: '18m', answer: {} },
      { promql: flows.usual, at: '1500m', answer: { [of]: 10 } },
      { promql: flows.lastWeek, at: '1500m', answer: {} },
      { promql: flows.lastWeek, at: '10140m', answer: { [of]: 10 } },
      { promql: flows.seats, at: '18m', answer: { '{priority_level="workload-low"}': 0.98 } },
      { promql: flows.seats, at: '10m', answer: { '{priority_level="workload-low"}': 0.03 } },
      { promql: flows.waiting, at: '18m', answer: { [of]: 40 } },
      { promql: flows.waiting, at: '10m', answer: {} },
      { promql: flows.took, at: '18m', answer: { [of]: 0.5 } },
    ]);
  });

  it('says zero rejected where requests are dispatched, and nothing where nobody counts', async () => {
    const all = [flows.allRejected, flows.allRejectedNow];
    await ask(
      { [flow('dispatched_requests_total', low)]: '0+300x60' },
      all.map((promql) => ({ promql, at: '20m', answer: { '{}': 0 } })),
    );
    await ask(
      { up: '1x60' },
      all.map((promql) => ({ promql, at: '20m', answer: {} })),
    );
  });

  it('tells how webhooks and writes fare', async () => {
    const hook = (part: string, le = '') =>
      `apiserver_admission_webhook_admission_duration_seconds_${part}{job="apiserver",name="policy",type="validating"${le}}`;
    const write = (part: string, verb: string) =>
      `apiserver_request_duration_seconds_${part}{job="apiserver",verb="${verb}"}`;
    await ask(
      {
        [hook('bucket', ',le="0.5"')]: '0x60',
        [hook('bucket', ',le="1"')]: '0+30x60',
        [hook('bucket', ',le="+Inf"')]: '0+30x60',
        [hook('count')]: '0+30x60',
        [hook('sum')]: '0+24x60',
        [write('sum', 'POST')]: '0+20x60',
        [write('count', 'POST')]: '0+40x60',
        [write('sum', 'LIST')]: '0+900x60',
        [write('count', 'LIST')]: '0+10x60',
      },
      [
        { promql: webhooks.p99, at: '20m', answer: { '{name="policy"}': 0.995 } },
        { promql: webhooks.withinSecond, at: '20m', answer: { '{name="policy"}': 1 } },
        { promql: webhooks.calls, at: '20m', answer: { '{name="policy"}': 300 } },
        { promql: webhooks.holds, at: '20m', answer: { '{name="policy"}': 0.8 } },
        { promql: webhooks.writes, at: '20m', answer: { '{}': 0.5 } },
      ],
    );
  });

  it('was asked figure by figure', () => {
    expect(unasked([answers, flows, webhooks].flatMap((table) => Object.values(table)))).toEqual([]);
  });
});
