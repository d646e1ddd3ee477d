import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../functions/config/error.ts';
import { functionNames } from '../../../functions/lambda/needs.ts';
import { checkForLambda } from '../../../functions/lambda/package/check.ts';
import { grantsOf, leftOutOf, stackFacts } from '../../../functions/lambda/package/plan.ts';
import { checkTimes } from '../../../functions/lambda/package/times.ts';
import { checkPolicy } from '../../../functions/rules.ts';
import { catalog } from '../../../runbooks/catalog.ts';
import { configuration, fixerRole, readerRole, secret, text } from '../../infra/aws/package/configuration.ts';
import { checkedWith } from './stack-copy.ts';

const check = (yaml: string) => () => checkForLambda(configuration(yaml), 'nightshift.yaml');

describe('a configuration for AWS Lambda', () => {
  it('is what infra/aws/README.md shows: it can be deployed as it stands there', () => {
    const page = readFileSync(new URL('../../../infra/aws/README.md', import.meta.url), 'utf8');
    const [, yaml = ''] = /```yaml\n(clusters:[\s\S]*?)```/.exec(page) ?? [];
    const config = configuration(yaml);

    expect(() => checkForLambda(config, 'nightshift.yaml')).not.toThrow();
    expect(() => checkPolicy(config, catalog)).not.toThrow();
    expect([config.policy.length, config.clusters.filter(({ fixer }) => fixer).length]).toEqual([1, 1]);
  });

  it('can have EKS clusters, kubeconfigs and secrets in Secrets Manager', () => {
    expect(check(text)).not.toThrow();
  });

  it('lacks everything when it is empty: all of it is said at once', () => {
    expect(check('')).toThrow(ConfigError);
    expect(check('')).toThrow(/clusters is missing.*\n.*slack is missing.*\n.*alerts\.token is missing/);
  });

  it.each([
    ['a token in the environment', `alerts: { token: { env: ALERTS } }`, 'alerts.token'],
    ['a token in a file', `alerts: { token: { file: token } }`, 'alerts.token'],
    [
      "Slack's secrets in the environment",
      'slack: { channel: C0123456789, botToken: { env: A }, signingSecret: { env: B } }',
      'slack.signingSecret',
    ],
    [
      'a kubeconfig in a file, which would lie in the code',
      'clusters: [{ name: a, kubernetes: { kubeconfig: ./a.kubeconfig } }]',
      'clusters.a.kubernetes.kubeconfig',
    ],
    [
      "a fixer's kubeconfig in a file",
      `clusters: [{ name: a, kubernetes: { kubeconfig: { secretsManager: ${secret('a')} } }, fixer: { kubeconfig: b } }]`,
      'clusters.a.fixer.kubeconfig',
    ],
    [
      "Prometheus' token in the environment",
      `clusters: [{ name: a, kubernetes: { eks: { region: eu-west-1, clusterName: a } }, prometheus: { url: 'http://p', bearerToken: { env: P } } }]`,
      'clusters.a.prometheus.bearerToken',
    ],
  ])('cannot have %s', (_what, yaml, where) => {
    expect(check(yaml)).toThrow(`nightshift.yaml: ${where}: put it into AWS Secrets Manager`);
  });

  it('can verify kubelets by the authority of their cluster, and by no file, of which there is none', () => {
    const asked = (kubelet: string) =>
      `clusters: [{ name: a, kubernetes: { eks: { region: eu-west-1, clusterName: a } }, kubelet: ${kubelet} }]`;
    expect(check(asked('{ caFile: a.crt }'))).toThrow(
      /clusters\.a\.kubelet: there is no file beside the code of a function/,
    );
    expect(check(asked('{ ca: cluster }'))).not.toThrow(/clusters\.a\.kubelet/);
  });

  it('cannot be in a cluster', () => {
    expect(check('clusters: [{ name: a, kubernetes: { inCluster: true } }]')).toThrow(
      'clusters.a.kubernetes: inCluster works inside a pod only',
    );
  });

  const slack = `slack: { channel: C0123456789, botToken: { secretsManager: ${secret('a')}, key: botToken }, signingSecret: { secretsManager: ${secret('slack')} } }`;
  const fixed = (kubernetes: string, fixer: string, prometheus = '') =>
    `clusters: [{ name: a, kubernetes: ${kubernetes}, fixer: ${fixer}${prometheus} }]`;
  const eks = '{ eks: { region: eu-west-1, clusterName: a } }';
  const changingAs = (name: string) =>
    fixed(
      eks,
      eks.replace(' } }', `, roleArn: 'arn:aws:iam::111122223333:role/nightshift-prod-eu-west-1-${name}' } }`),
    );
  const kubeconfig = (name: string, key: string) => `{ kubeconfig: { secretsManager: ${secret(name)}, key: ${key} } }`;
  it.each([
    ['what looks', fixed(kubeconfig('a', 'reader'), kubeconfig('a', 'fixer')), 'clusters.a.kubernetes.kubeconfig'],
    [
      "Prometheus' token",
      fixed(
        kubeconfig('b', 'reader'),
        kubeconfig('a', 'fixer'),
        `, prometheus: { url: 'http://p', bearerToken: { secretsManager: ${secret('a')}, key: p } }`,
      ),
      'clusters.a.prometheus.bearerToken',
    ],
    [
      "Prometheus' password",
      fixed(
        kubeconfig('b', 'reader'),
        kubeconfig('a', 'fixer'),
        `, prometheus: { url: 'http://p', basicAuth: { username: u, password: { secretsManager: ${secret('a')}, key: p } } }`,
      ),
      'clusters.a.prometheus.basicAuth.password',
    ],
    [
      'the token of alerts',
      `${fixed(kubeconfig('b', 'reader'), kubeconfig('a', 'fixer'))}\nalerts: { token: { secretsManager: ${secret('a')}, key: token } }`,
      'alerts.token',
    ],
    ["Slack's token", `${fixed(kubeconfig('b', 'reader'), kubeconfig('a', 'fixer'))}\n${slack}`, 'slack.botToken'],
  ])('cannot have %s in the secret of a fixer: others than remediate would read both', (_what, yaml, where) => {
    expect(check(yaml)).toThrow(`clusters.a.fixer.kubeconfig: the same secret is ${where}, and`);
    expect(check(yaml)).toThrow('into a secret of its own');
  });

  it("cannot have a fixer's token in a secret that others read", () => {
    const withToken = (name: string) =>
      `{ serviceAccount: { server: 'https://10.0.0.1:6443', token: { secretsManager: ${secret(name)} } } }`;
    expect(check(fixed(withToken('b'), withToken('a')))).not.toThrow('secret of its own');
    expect(check(fixed(withToken('a'), withToken('a')))).toThrow(
      'clusters.a.fixer.serviceAccount.token: the same secret is clusters.a.kubernetes.serviceAccount.token',
    );
  });

  it.each<[string, string, string]>([
    [
      "the token of alerts with Slack's",
      `alerts: { token: { secretsManager: ${secret('s')}, key: a } }\nslack: { channel: C0123456789, botToken: { secretsManager: ${secret('s')}, key: b }, signingSecret: { secretsManager: ${secret('t')} } }`,
      'alerts.token: the same secret is slack.botToken, and',
    ],
    [
      "the kubeconfig of a reader with Slack's token, by which presses are proved",
      `clusters: [{ name: a, kubernetes: ${kubeconfig('s', 'k')} }]\nslack: { channel: C0123456789, botToken: { secretsManager: ${secret('s')}, key: b }, signingSecret: { secretsManager: ${secret('t')} } }`,
      'clusters.a.kubernetes.kubeconfig: the same secret is slack.botToken, and',
    ],
    [
      'a replica of the secret of a fixer',
      fixed(kubeconfig('a', 'k').replace('eu-west-1', 'us-east-1'), kubeconfig('a', 'k')),
      'clusters.a.fixer.kubeconfig: the same secret is clusters.a.kubernetes.kubeconfig, and',
    ],
    [
      'the role of another function as the role of a fixer',
      changingAs('investigate'),
      'clusters.a.fixer.eks.roleArn: this is the role of the function investigate',
    ],
    ['the role of remediate as that of a fixer', changingAs('remediate'), 'remediate, under which it only looks'],
    [
      'a token that everybody on its way can read',
      `clusters: [{ name: a, kubernetes: { serviceAccount: { server: 'http://10.0.0.1:8080', token: { secretsManager: ${secret('a')} } } } }]`,
      'clusters.a.kubernetes.serviceAccount.server: write https://',
    ],
  ])('cannot have %s', (_what, yaml, words) => {
    expect(check(yaml)).toThrow(words);
  });

  it('cannot have a key in an address', () => {
    expect(() =>
      configuration(
        `clusters: [{ name: a, kubernetes: ${kubeconfig('a', 'k')}, prometheus: { url: 'https://p/?api_key=x' } }]`,
      ),
    ).toThrow('has a query in it');
  });

  it('may have the fixers of two clusters in one secret', () => {
    const two = (name: string) =>
      `{ name: ${name}, match: { c: ${name} }, kubernetes: ${kubeconfig('r', name)}, fixer: ${kubeconfig('f', name)} }`;
    expect(check(`clusters: [${two('a')}, ${two('b')}]`)).not.toThrow('secret of its own');
  });

  it('cannot look at one cluster with the role that changes another', () => {
    const eks = (name: string, role: string) =>
      `{ eks: { region: eu-west-1, clusterName: ${name}, roleArn: ${role} } }`;
    const yaml = `clusters:
      - { name: a, match: { c: a }, kubernetes: ${eks('a', fixerRole)} }
      - { name: b, match: { c: b }, kubernetes: ${eks('b', readerRole)}, fixer: ${eks('b', fixerRole)} }`;

    expect(check(yaml)).toThrow('clusters.b.fixer.eks.roleArn: clusters.a.kubernetes looks with the same role');
  });

  it('names secrets by their whole ARN', () => {
    expect(() => configuration('alerts: { token: { secretsManager: nightshift/alerts } }')).toThrow(
      'alerts.token.secretsManager: the whole ARN of a secret',
    );
  });
});

describe('the times in serverless.yml', () => {
  const changed = (change: (yaml: string) => string) => checkedWith(checkTimes, change);

  it('fit each other', async () => {
    await expect(changed((yaml) => yaml)).resolves.toBeUndefined();
  });

  it('are refused when a function may take longer than a sixth of the time for which its messages are hidden', async () => {
    await expect(changed((yaml) => yaml.replace('remediateSeconds: 300', 'remediateSeconds: 600'))).rejects.toThrow(
      'params.default: remediateHiddenSeconds is 1800, and remediateSeconds 600: it must be at least six times that, 3600',
    );
  });

  it('are refused when SQS would forget a message before it has delivered it often enough', async () => {
    const longer = (yaml: string) =>
      yaml
        .replace('remediateSeconds: 300', 'remediateSeconds: 900')
        .replace('remediateHiddenSeconds: 1800', 'remediateHiddenSeconds: 5400');
    await expect(changed(longer)).rejects.toThrow('remediateHiddenSeconds is 5400: it must be at most 1872');
  });

  it.each([
    ['investigateSeconds: 90', 'investigateSeconds: 20', 'investigateSeconds is 20: it must be at least 40'],
    ['remediateSeconds: 300', 'remediateSeconds: 30', 'remediateSeconds is 30: it must be at least 120'],
  ])('are refused when less than the work may take: not %s, but %s', async (is, shorter, words) => {
    await expect(changed((yaml) => yaml.replace(is, shorter))).rejects.toThrow(words);
  });

  it('also when that is so at one stage only', async () => {
    const staged = (yaml: string) => yaml.replace('params:\n', 'params:\n  test: { announceHiddenSeconds: 300 }\n');
    await expect(changed(staged)).rejects.toThrow('params.test: announceHiddenSeconds is 300');
  });
});

describe('npm run package', () => {
  const packaging = (...options: readonly string[]) =>
    spawnSync(process.execPath, [join(import.meta.dirname, '../../../functions/lambda/package/main.ts'), ...options], {
      encoding: 'utf8',
      cwd: tmpdir(),
      env: { PATH: process.env.PATH },
    });

  it('makes nothing of a configuration that cannot work, and says what is wrong with it', () => {
    const { status, stderr } = packaging('--config', join(import.meta.dirname, '../../recorded/aws/embedded.yaml'));

    expect(stderr.replace(/\s+/g, ' ')).toContain('alerts.token: put it into AWS Secrets Manager');
    expect(status).toBe(2);
  });

  it('needs a configuration', () => {
    expect(packaging()).toMatchObject({ status: 2, stderr: expect.stringContaining('there is no nightshift.yaml') });
  });

  it('says what it takes, and refuses what it does not know', () => {
    expect(packaging('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--out') });
    expect(packaging('--folder')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('npm run package -- --help'),
    });
  });
});

describe('what a configuration names is granted', () => {
  it('to those who need it: who takes alerts reads one secret, who ticks none', () => {
    expect(grantsOf('alerts', configuration())).toEqual({ secrets: [secret('alerts')], eksClusters: [], roles: [] });
    expect(grantsOf('tick', configuration())).toEqual({ secrets: [], eksClusters: [], roles: [] });
  });

  it('only to remediate where something can be changed by it', () => {
    const holders = functionNames.filter((name) => {
      const { roles, secrets } = grantsOf(name, configuration());
      return roles.includes(fixerRole) || secrets.includes(secret('lab-fixer'));
    });

    expect(holders).toEqual(['remediate']);
  });

  it('as a role where one is named, which then finds the cluster by itself', () => {
    const { roles, eksClusters } = grantsOf('investigate', configuration());

    expect(roles).toEqual([readerRole]);
    expect(eksClusters).toMatchObject([{ clusterName: 'prod-eu' }]);
  });
});

describe('the stack', () => {
  it('has an alarm for messages that wait longer than any approval may take', () => {
    expect(stackFacts(configuration())).toEqual({ remediateOldestSeconds: 130 * 60 });
    expect(stackFacts(configuration(''))).toEqual({ remediateOldestSeconds: 40 * 60 });
  });

  it('leaves what changes clusters out of everybody but remediate', () => {
    for (const name of functionNames) {
      expect(leftOutOf(name, configuration()).includes('infra/kubernetes/writer.ts')).toBe(name !== 'remediate');
    }
  });
});
