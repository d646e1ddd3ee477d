import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signalOnly } from '../../engine/match.ts';
import { ruleNames } from '../../infra/prometheus/rules.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { answering, GENERIC, page, published } from './alert-table/table.ts';
import { pillars, topics, whole } from './alert-table/topics.ts';

const root = join(import.meta.dirname, '../..');
const known = new Set(catalog.map(({ id }) => id));
const names = [...new Set(published.map(({ name }) => name))];

describe(`each of ${names.length} published alert names`, () => {
  it('is one of those the catalogue is checked against', () => {
    const all = JSON.parse(readFileSync(join(root, 'test/recorded/prometheus/alert-names.json'), 'utf8'));
    expect(names.toSorted()).toEqual(all);
    expect(names).toHaveLength(314);
  });

  it('is answered by a runbook of its topic, or by any-alert', () => {
    const strangers = published.flatMap(({ name, topic, match }) => {
      const by = answering(name, match);
      const others = published
        .filter((other) => other.name === name)
        .flatMap((other) => topics[other.topic]?.runbooks ?? []);
      return by === GENERIC || topic === 'none' || others.includes(by) ? [] : [`${name} (${topic}): ${by}`];
    });
    expect(strangers).toEqual([]);
  });

  it('is not left to any-alert where its topic has a runbook that answers all of it', () => {
    const left = published.flatMap(({ name, topic, match }) => {
      const own = topics[topic]?.runbooks.find((id) => known.has(id));
      return whole.includes(topic) && own && answering(name, match) === GENERIC ? [`${name}: ${own}`] : [];
    });
    expect(left).toEqual([]);
  });

  it.each(Object.entries(pillars))('%s is not left to any-alert once there is %s', (name, runbook) => {
    if (known.has(runbook)) expect(answering(name)).not.toBe(GENERIC);
    else expect(answering(name)).toBe(GENERIC);
  });

  it('has a topic that says whose matter it is', () => {
    expect([...new Set(published.map(({ topic }) => topic))].filter((topic) => !topics[topic])).toEqual([]);
  });
});

it('an alert that is only a signal about alerting has no runbook', () => {
  const alert = (alertname: string) => ({
    ...({ fingerprint: '', status: 'firing', annotations: {}, startsAt: '' } as const),
    labels: { alertname },
  });
  expect(names.filter((name) => signalOnly(alert(name)))).toEqual(['InfoInhibitor', 'Watchdog']);
  expect(['InfoInhibitor', 'Watchdog'].map((name) => answering(name))).toEqual([GENERIC, GENERIC]);
});

it('our own alert rules are answered by a runbook, as far as it is there', () => {
  const planned = ['api-429', 'disk-io', 'pid-exhaustion', 'endpoint-flapping', 'cluster-dns', 'pod-network'];
  const left = ruleNames.filter((name) => answering(name) === GENERIC);
  expect(planned.every((id) => known.has(id)) ? left : []).toEqual([]);
});

it('docs/alerts.md says so: if not, run npm run generate', () => {
  expect(readFileSync(join(root, 'docs/alerts.md'), 'utf8')).toBe(page());
});
