import { expect, it } from 'vitest';
import { checkForLambda } from '../../../functions/lambda/package/check.ts';
import { configuration, secret } from '../../infra/aws/package/configuration.ts';

function complaints(cluster: string): string {
  try {
    checkForLambda(configuration(`clusters: [{ name: a, ${cluster} }]`), 'nightshift.yaml');
  } catch (failure) {
    return String(failure);
  }
  return '';
}

const withPrometheus = (url: string) =>
  complaints(`kubernetes: { eks: { region: eu-west-1, clusterName: a } }, prometheus: { url: '${url}' }`);
const withServer = (server: string) =>
  complaints(`kubernetes: { serviceAccount: { server: '${server}', token: { secretsManager: ${secret('a')} } } }`);

it.each([
  'http://prometheus.monitoring.svc:9090',
  'http://p.a.svc.cluster.local',
  'http://P.A.SVC.CLUSTER.LOCAL./prometheus',
  'http://prometheus-operated:9090',
  'http://prometheus.monitoring:9090',
  'https://prometheus.monitoring.',
])('a Prometheus at %s is refused: only pods can look that up', (url) => {
  expect(withPrometheus(url)).toContain(`clusters.a.prometheus.url: ${url} is a name that only pods can look up`);
});

it.each([
  'http://localhost:9090',
  'http://prometheus.localhost',
  'http://127.0.0.1:9090',
  'http://127.1',
  'http://0.0.0.0:9090',
  'http://[::1]:9090',
  'http://[::ffff:127.0.0.1]',
  'http://169.254.1.1',
])('a Prometheus at %s is refused: a function has none beside it', (url) => {
  expect(withPrometheus(url)).toContain(`clusters.a.prometheus.url: ${url} leads a function to itself`);
});

it.each([
  'https://prometheus.example.com',
  'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1',
  'http://10.0.3.4:9090',
  'http://[fd00::1]:9090',
  'http://prometheus.corp',
  'http://monitoring.corp.local',
  'https://svc.example.com',
])('a Prometheus at %s may be reachable, perhaps from a VPC, and is not refused', (url) => {
  expect(withPrometheus(url)).not.toContain('prometheus.url');
});

it('a Prometheus that is sent a secret is asked over https alone', () => {
  const asked = (url: string, access: string) =>
    complaints(`kubernetes: { eks: { region: eu-west-1, clusterName: a } }, prometheus: { url: '${url}', ${access} }`);
  const token = `bearerToken: { secretsManager: ${secret('p')} }`;
  const password = `basicAuth: { username: u, password: { secretsManager: ${secret('p')} } }`;

  expect(asked('http://10.0.3.4:9090', token)).toContain(
    'clusters.a.prometheus.url: write https://: the token would be readable on its way',
  );
  expect(asked('http://10.0.3.4:9090', password)).toContain('the password would be readable on its way');
  expect(asked('https://10.0.3.4:9090', token)).not.toContain('prometheus.url');
});

it.each([
  'https://kubernetes.default.svc',
  'https://kubernetes',
  'https://kubernetes.default',
  'https://127.0.0.1:6443',
])('an API server at %s is refused', (server) => {
  expect(withServer(server)).toMatch(/clusters\.a\.kubernetes\.serviceAccount\.server: https:\S+ (is a name|leads)/);
});

it.each(['https://10.0.0.1:6443', 'https://api.example.com', 'https://[fd00::1]:6443'])(
  'an API server at %s is not',
  (server) => {
    expect(withServer(server)).not.toContain('serviceAccount.server');
  },
);

it.each([
  ['http://localhost:9/api/', 'leads a function to itself'],
  ['http://slack-proxy.example/api/', 'would carry the bot token unencrypted'],
])('a proxy in front of Slack at %s is refused', (apiUrl, why) => {
  const base = configuration('clusters: []');
  const slack = { channel: 'C0123456789', botToken: { env: 'A' }, signingSecret: { env: 'B' }, apiUrl };
  const check = () => checkForLambda({ ...base, slack }, 'nightshift.yaml');
  expect(check).toThrow(`slack.apiUrl: ${apiUrl} ${why}`);
});
