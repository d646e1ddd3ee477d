import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ruleNames } from '../../../infra/prometheus/rules.ts';
import { slackManifest } from '../../../infra/slack/manifest.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { nightshift, workplace } from '../process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const manifests = (...args: string[]) => nightshift(['manifests', ...args], {}, place.directory);

describe('nightshift manifests', () => {
  it('rbac prints accounts, roles and bindings for the namespace asked for, ready to apply', async () => {
    const { code, stdout, stderr } = await manifests('rbac', '--namespace', 'ops');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const all = catalog.map(({ id }) => id).join(', ');
    expect(stdout.startsWith(`# The least rights Nightshift needs for its runbooks: ${all}.\n`)).toBe(true);
    expect(stdout).toContain('#   nightshift manifests rbac --namespace ops | kubectl apply -f -\n');
    const accounts = parseAllDocuments(stdout)
      .map((document) => document.toJS())
      .filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'ops/nightshift-reader',
      'ops/nightshift-fixer',
    ]);
  });

  it('rbac prints the same roles for groups, as infra/aws/eks/README.md has them applied', async () => {
    const { code, stdout, stderr } = await manifests('rbac', '--groups');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('#   nightshift manifests rbac --groups | kubectl apply -f -\n');
    const all = parseAllDocuments(stdout).flatMap((document) => document.toJS() ?? []);
    expect(all.filter(({ kind }) => kind === 'ServiceAccount')).toEqual([]);
    const bound = all.filter(({ kind }) => kind.endsWith('Binding'));
    expect(bound.map(({ metadata, subjects }) => `${metadata.namespace ?? ''}/${subjects[0].name}`)).toEqual(
      expect.arrayContaining(['/nightshift-reader', '/nightshift-fixer', 'kube-system/nightshift-fixer']),
    );
    const page = readFileSync(new URL('../../../infra/aws/eks/README.md', import.meta.url), 'utf8');
    expect(page).toContain('npx nightshift manifests rbac --groups | kubectl apply -f -');
    expect((await manifests('rbac', '--groups', '--namespace', 'ops')).code).toBe(2);
  });

  it('rbac gives the right to ask kubelets only where that is configured, and says for which clusters', async () => {
    const of = async (name: string, clusters: string) => {
      writeFileSync(join(place.directory, name), `clusters: [${clusters}]\n`);
      return (await manifests('rbac', '--config', name)).stdout;
    };
    const one = '{ name: a, kubernetes: { kubeconfig: k }, match: { cluster: a }, kubelet: { ca: cluster } }';
    const other = '{ name: b, kubernetes: { kubeconfig: k }, match: { cluster: b } }';
    expect(await of('other.yaml', other)).not.toContain('nodes/stats');
    const alone = await of('one.yaml', one);
    expect(alone).toContain('resources: [ nodes/stats ]\n    verbs: [ get ]');
    expect(alone).not.toContain('leave it out elsewhere');
    expect(await of('both.yaml', `${one}, ${other}`)).toContain(
      '# nodes/stats is for kubelets, which only a may be asked for: leave it out elsewhere.\n',
    );
  });

  it('rules prints all alert rules as one file, without those that only a switched-off runbook answers', async () => {
    const alertsIn = (text: string) => [...text.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const { code, stdout, stderr } = await manifests('rules');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(new Set(alertsIn(stdout))).toEqual(new Set(ruleNames));
    expect(stdout).toContain('# scrape-time minus renew time');

    writeFileSync(join(place.directory, 'off.yaml'), 'runbooks: { disabled: [etcd-heartbeat] }\n');
    const without = await manifests('rules', '--config', 'off.yaml');
    expect(alertsIn(without.stdout)).not.toContain('EtcdPeerSendFailures');
    expect(alertsIn(without.stdout)).toContain('NodePidUsageHigh');
  });

  it('slack prints the app, for the address under which Slack reaches the server', async () => {
    const { code, stdout, stderr } = await manifests('slack', '--url', 'https://night.example/shift/');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(parse(stdout)).toEqual(slackManifest('https://night.example/shift'));
    const inPrivate = await manifests('slack', '--url', 'https://night.example', '--private-channel');
    expect(inPrivate.stdout).toContain('- groups:history');
  });

  it.each([[[]], [['--url', 'http://night.example']], [['--url', 'night.example']]])(
    'slack wants that address: %j',
    async (args) => {
      const { code, stdout, stderr } = await manifests('slack', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain('such as https://nightshift.example');
    },
  );

  it('has no other kind yet, and says so', async () => {
    const { code, stdout, stderr } = await manifests('rbak');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('nightshift: there is no manifest "rbak"; did you mean rbac?\nThere is: rbac, rules, slack\n');
  });

  it('wants a namespace that can be one', async () => {
    const { code, stderr } = await manifests('rbac', '--namespace', 'Ops: x');
    expect(code).toBe(2);
    expect(stderr).toContain('--namespace Ops: x: lower case letters');
  });
});
