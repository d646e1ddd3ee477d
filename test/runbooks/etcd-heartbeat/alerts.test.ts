import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { incidentKey } from '../../../engine/incident.ts';
import { matchRunbook } from '../../../engine/match.ts';
import { resolveTarget } from '../../../engine/resolve.ts';
import { parseTarget, targetName, wordsOf } from '../../../engine/target.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { alerts } from '../../../runbooks/etcd-heartbeat/alerts.ts';

const root = join(import.meta.dirname, '../../..');
const Known = z.array(z.strictObject({ alert: z.string(), source: z.string(), about: z.string() }));
const known = Known.parse(JSON.parse(readFileSync(join(root, 'test/recorded/etcd/alert-names.json'), 'utf8')));
const Rules = z.object({ groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string() })) })) });
const own = Rules.parse(parse(readFileSync(join(root, 'infra/prometheus/rules/etcd.yaml'), 'utf8')))
  .groups.flatMap(({ rules }) => rules)
  .map(({ alert }) => alert);

const answered = new Set(alerts.map(({ name }) => name));

describe('the alerts of the runbook', () => {
  it('are every published alert about the heartbeats, members and storage of etcd', () => {
    const published = new Set(known.filter(({ about }) => about !== 'other').map(({ alert }) => alert));

    expect([...published].filter((name) => !answered.has(name))).toEqual([]);
  });

  it('exist, letter for letter, in a published rule set or in ours', () => {
    const real = new Set([...known.filter(({ about }) => about !== 'other').map(({ alert }) => alert), ...own]);

    const special = alerts.filter(({ labels }) => labels?.container === undefined).map(({ name }) => name);
    expect(special.filter((name) => !real.has(name))).toEqual([]);
  });

  it('include all of our own rules', () => {
    expect(own.filter((name) => !answered.has(name))).toEqual([]);
  });

  it('take TargetDown only for the scrape jobs of etcd', () => {
    expect(alerts.find(({ name }) => name === 'TargetDown')?.labels).toEqual({ job: ['etcd', 'kube-etcd'] });
  });

  it('take those about any container only for the one of etcd', () => {
    const general = alerts.filter(({ labels }) => labels?.container !== undefined);
    expect(general.map(({ name }) => name)).toEqual([
      'KubePodCrashLooping',
      'KubernetesPodCrashLooping',
      'KubeContainerWaiting',
    ]);
    for (const { labels } of general) expect(labels).toEqual({ namespace: ['kube-system'], container: ['etcd'] });
  });

  it('are all about the component etcd, each name once', () => {
    expect(alerts.every(({ family, component }) => family === 'component' && component === 'etcd')).toBe(true);
    expect(answered.size).toBe(alerts.length);
  });

  it('of two jobs are about two etcds, each with an incident of its own, and one job is one incident', async () => {
    const keyOf = async (labels: Readonly<Record<string, string>>) => {
      const alert = { fingerprint: '', status: 'firing', annotations: {}, startsAt: '', labels } as const;
      const found = matchRunbook(alert, catalog);
      const { target } = await resolveTarget(alert, found?.match);
      expect(found?.runbook.target.safeParse(target).success).toBe(true);
      return [targetName(target), wordsOf(target), incidentKey('c', found?.runbook.id ?? null, target, alert)];
    };
    const main = await keyOf({ alertname: 'etcdMembersDown', job: 'kube-etcd' });

    expect(await keyOf({ alertname: 'etcdNoLeader', job: 'kube-etcd', instance: 'a' })).toEqual(main);
    expect(main).toEqual(['component/etcd/kube-etcd', 'etcd (kube-etcd)', 'c|etcd-heartbeat|component/etcd/kube-etcd']);
    const events = await keyOf({ alertname: 'etcdMembersDown', job: 'monitoring/etcd-events' });
    expect(events).toContain('c|etcd-heartbeat|component/etcd/monitoring/etcd-events');
    expect(parseTarget('component/etcd/monitoring/etcd-events')).toMatchObject({ job: 'monitoring/etcd-events' });
    // As before, where an alert names no job.
    expect(await keyOf({ alertname: 'etcdMembersDown' })).toContain('c|etcd-heartbeat|component/etcd');
  });
});
