import { describe, it } from 'vitest';
import { aboutNode, aboutOthers, byNode } from '../../runbooks/evidence/state-metrics.ts';
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
