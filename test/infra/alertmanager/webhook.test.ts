import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseWebhook } from '../../../infra/alertmanager/webhook.ts';

const recorded = JSON.parse(readFileSync('test/recorded/alertmanager/webhooks-0.25.json', 'utf8')) as {
  body: string;
}[];

const alert = (change: object) => ({
  status: 'firing',
  labels: { alertname: 'KubeNodeNotReady', node: 'worker-1' },
  annotations: { summary: 'a node is not ready' },
  startsAt: '2026-11-21T03:00:00.000Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus:9090/graph',
  fingerprint: '71ea69b366b5a0f3',
  ...change,
});
const bodyOf = (...alerts: object[]) => JSON.stringify({ version: '4', receiver: 'nightshift', alerts });
const wrongOf = (change: object) => {
  const parsed = parseWebhook(bodyOf(alert(change)));
  return 'wrong' in parsed ? parsed.wrong : undefined;
};

describe("Alertmanager's webhook", () => {
  test('everything a real Alertmanager sent is understood', () => {
    expect(recorded.length).toBeGreaterThan(0);
    for (const { body } of recorded) expect(parseWebhook(body)).toHaveProperty('webhook');
  });

  test('every moment stands in one notation, whatever the sender used', () => {
    const given = ['2026-11-21T23:30:00+02:00', '2026-11-21T21:30:00.000000001Z', '2026-11-21T16:30:00-05:00'];
    const parsed = parseWebhook(bodyOf(...given.map((startsAt) => alert({ startsAt }))));
    const { alerts } = 'webhook' in parsed ? parsed.webhook : { alerts: [] };
    expect(alerts.map(({ startsAt }) => startsAt)).toEqual(given.map(() => '2026-11-21T21:30:00.000Z'));
  });

  test.each([
    [
      'a number as a label',
      { labels: { alertname: 'A', replicas: 3 } },
      'alerts.0.labels.replicas: must be a text, not number',
    ],
    ['null as a label', { labels: { alertname: null } }, 'alerts.0.labels.alertname: must be a text, not null'],
    ['a list of labels', { labels: ['alertname'] }, 'alerts.0.labels: must be a map of names to texts'],
    ['no labels at all', { labels: undefined }, 'alerts.0.labels: must be a map of names to texts'],
    [
      'an annotation that is an object',
      { annotations: { summary: {} } },
      'alerts.0.annotations.summary: must be a text, not object',
    ],
    ['no date', { startsAt: 'yesterday' }, /^alerts\.0\.startsAt: /],
    ['an unknown status', { status: 'pending' }, /^alerts\.0\.status: /],
    ['no fingerprint', { fingerprint: '' }, /^alerts\.0\.fingerprint: /],
  ])('%s is refused with the field that is wrong', (_what, change, words) => {
    expect(wrongOf(change)).toMatch(words);
  });

  test('annotations may be absent', () => {
    const parsed = parseWebhook(bodyOf(alert({ annotations: undefined })));
    expect('webhook' in parsed && parsed.webhook.alerts[0]?.annotations).toEqual({});
  });

  test.each([
    ['http://prometheus:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1', 'up == 0'],
    ['https://thanos.example/graph?g0.expr=sum%28rate%28x%5B5m%5D%29%29%0A++%3E+1&g0.tab=1', 'sum(rate(x[5m]))\n  > 1'],
    ['/graph?g0.expr=up', 'up'],
    ['http://prometheus:9090/graph', undefined],
    ['https://grafana.example/alerting/grafana/abc/view', undefined],
    ['http://[', undefined],
    [`http://prometheus:9090/graph?g0.expr=${'x'.repeat(9_000)}`, undefined],
  ])('the link %s tells the expression %j', (generatorURL, expr) => {
    const parsed = parseWebhook(bodyOf(alert({ generatorURL })));
    expect('webhook' in parsed && parsed.webhook.alerts[0]?.expr).toBe(expr);
  });

  test('a label as long as a book is kept in part, the others whole', () => {
    const parsed = parseWebhook(bodyOf(alert({ labels: { alertname: 'A', long: 'x'.repeat(100_000) } })));
    const labels = 'webhook' in parsed ? parsed.webhook.alerts[0]?.labels : undefined;
    expect(labels?.alertname).toBe('A');
    expect(labels?.long).toHaveLength(8_193);
  });
});

describe('an alert with more than anybody reads', () => {
  const only = (change: object) => {
    const parsed = parseWebhook(bodyOf(alert(change)));
    const [kept] = 'webhook' in parsed ? parsed.webhook.alerts : [];
    if (!kept) throw new Error('it was not understood');
    return kept;
  };
  const many = (count: number, text: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, text]));
  const size = (texts: object) => Object.values(texts).join('').length;

  test('of 450 labels of 8 KB so much is kept that it can be shown in a moment, and all that says what it is about', () => {
    const { labels, cut } = only({ labels: { ...many(450, 'x'.repeat(8_000)), alertname: 'A', node: 'worker-1' } });

    expect(labels).toMatchObject({ alertname: 'A', node: 'worker-1' });
    expect(Object.keys(labels)).toHaveLength(128);
    expect(size(labels)).toBeLessThan(66_000);
    expect(cut).toEqual({ leftOut: 452 - 128, shortened: 126 });
  });

  test('what is usual is kept as it is, and nothing is said', () => {
    const kept = only({ annotations: many(8, 'x'.repeat(8_000)) });

    expect(kept.annotations).toEqual(many(8, 'x'.repeat(8_000)));
    expect(kept).not.toHaveProperty('cut');
  });

  test('a secret at the place where a text is shortened is masked before', () => {
    const text = `${'x'.repeat(8_180)} redis://:s3cretPassw0rd@redis:6379/0`;

    expect(JSON.stringify(only({ annotations: { text } }))).not.toContain('s3c');
  });

  test('links of megabytes are left out, and so is a name of 1,000 characters', () => {
    const kept = only({
      generatorURL: `http://p/graph?g0.expr=${'x'.repeat(1_000_000)}`,
      labels: { alertname: 'A', ['n'.repeat(1_000)]: 'x' },
    });

    expect(kept).not.toHaveProperty('generatorURL');
    expect(kept.labels).toEqual({ alertname: 'A' });
    expect(kept.cut).toEqual({ leftOut: 1, shortened: 0 });
  });
});
