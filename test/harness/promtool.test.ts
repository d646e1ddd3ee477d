import { describe, expect, it } from 'vitest';
import { needs } from './programs.ts';
import { ask, asker, promtool } from './promtool.ts';

const errors = { 'errors_total{job="api",pod="a"}': '0+6x60', 'errors_total{job="api",pod="b"}': '0x20 stale' };
const perSecond = 'rate(errors_total[5m])';

describe.skipIf(needs('promtool'))('the real query engine', () => {
  it('agrees with what is expected', async () => {
    await ask(errors, [
      { promql: perSecond, at: '20m', answer: { '{job="api",pod="a"}': 0.2 } },
      { promql: perSecond, at: '10m', answer: { '{job="api",pod="a"}': 0.2, '{job="api",pod="b"}': 0 } },
      { promql: 'absent_metric > 0', at: '20m', answer: {} },
    ]);
  });

  it.each([
    ['another value', { '{job="api",pod="a"}': 0.3 }],
    ['a series too few', {}],
    ['a series too many', { '{job="api",pod="a"}': 0.2, '{job="api",pod="c"}': 0 }],
    ['other labels', { '{pod="a"}': 0.2 }],
  ])('objects to %s, in its own words', async (_what, answer) => {
    const wrong = ask(errors, [{ promql: perSecond, at: '20m', answer }]);

    await expect(wrong).rejects.toThrow(/expr: "round\(rate\(errors_total\[5m\]\), 0.001\)", time: 20m/);
  });

  it('objects to what is no PromQL', async () => {
    await expect(ask(errors, [{ promql: 'rate(errors_total[5m]', at: '1m', answer: {} }])).rejects.toThrow(
      /parse error/,
    );
    await expect(promtool('check', 'rules', '/nowhere.yaml')).rejects.toThrow(/nowhere.yaml/);
  });

  it('is remembered by what it was asked', async () => {
    const { ask: askAndKeep, unasked } = asker();
    await askAndKeep(errors, [{ promql: perSecond, at: '20m', answer: { '{job="api",pod="a"}': 0.2 } }]);

    expect(unasked([perSecond, 'up'])).toEqual(['up']);
  });
});
