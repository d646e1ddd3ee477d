import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../functions/config/error.ts';
import { functionNames } from '../../../functions/lambda/needs.ts';
import { checkForLambda } from '../../../functions/lambda/package/check.ts';
import { grantsOf, leftOutOf, stackFacts } from '../../../functions/lambda/package/plan.ts';
import { configuration, fixerRole, readerRole, secret, text } from '../../infra/aws/package/configuration.ts';

const check = (yaml: string) => () => checkForLambda(configuration(yaml), 'nightshift.yaml');

describe('a configuration for AWS Lambda', () => {
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

  it('cannot be in a cluster', () => {
    expect(check('clusters: [{ name: a, kubernetes: { inCluster: true } }]')).toThrow(
      'clusters.a.kubernetes: inCluster works inside a pod only',
    );
  });

  it('names secrets by their whole ARN', () => {
    expect(() => configuration('alerts: { token: { secretsManager: nightshift/alerts } }')).toThrow(
      'alerts.token.secretsManager: the whole ARN of a secret',
    );
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
