import { describe, it } from 'vitest';
import { aboutNode, aboutOthers, aboutPods, byNode } from '../../runbooks/evidence/state-metrics.ts';
import { needs } from '../harness/programs.ts';
import { ask } from '../harness/promtool.ts';

const metric = 'kube_node_status_condition';
const plain = { [`${metric}{node="a"}`]: '1x10', [`${metric}{node="b"}`]: '2x10', [`${metric}{node="c"}`]: '3x10' };
/** kube-state-metrics runs on a, and is scraped without honorLabels. */
const exported = {
  [`${metric}{node="a",exported_node="a"}`]: '1x10',
  [`${metric}{node="a",exported_node="b"}`]: '2x10',
  [`${metric}{node="a",exported_node="c"}`]: '3x10',
};
const figure = (matcher: string) => `${metric}{${matcher}}`;

describe.skipIf(needs('prometheus')).each([
  ['with honorLabels', plain],
  ['without honorLabels', exported],
])('kube-state-metrics %s', (_, series) => {
  const asked = (promql: string, answer: Readonly<Record<string, number>>) =>
    ask(series, [{ promql, at: '4m', answer }]);

  it('tells of one node', async () => {
    await asked(`sum(${aboutNode('b', figure)})`, { '{}': 2 });
    await asked(`sum(${aboutNode('a', figure)})`, { '{}': 1 });
  });

  it('tells of all others', () => asked(aboutOthers('a', figure), { '{node="b"}': 2, '{node="c"}': 3 }));

  it('counts each node once', () => asked(byNode(metric), { '{node="a"}': 1, '{node="b"}': 2, '{node="c"}': 3 }));
});

describe.skipIf(needs('prometheus')).each([
  ['with honorLabels', (pod: string) => `namespace="shop",pod="${pod}"`],
  ['by a target that is no pod', (pod: string) => `namespace="monitoring",exported_namespace="shop",pod="${pod}"`],
  [
    'by a target that is one',
    (pod: string) => `namespace="monitoring",pod="ksm-0",exported_namespace="shop",exported_pod="${pod}"`,
  ],
])('what is told of pods %s', (_, labelled) => {
  it('is found by their own names, and by no others', async () => {
    const ready = (pod: string) => `kube_pod_status_ready{${labelled(pod)}}`;
    const pods = [
      { namespace: 'shop', name: 'web-1' },
      { namespace: 'monitoring', name: 'ksm-0' },
    ];
    const promql = `max by (namespace, pod) (${aboutPods(pods, (of) => `kube_pod_status_ready{${of}}`)})`;

    await ask({ [ready('web-1')]: '1x10', [ready('web-11')]: '2x10' }, [
      { promql, at: '4m', answer: { '{namespace="shop",pod="web-1"}': 1 } },
    ]);
  });
});
