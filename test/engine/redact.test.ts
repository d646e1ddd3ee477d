import { describe, expect, it } from 'vitest';
import { redact, redactDeep } from '../../engine/redact.ts';

describe('redaction', () => {
  it.each([
    ['Authorization: Bearer abcdef0123456789', 'Authorization: [redacted] [redacted]'],
    ['--password=hunter2 --verbose', '--password=[redacted] --verbose'],
    ['DB_PASSWORD: "s3cret value"', 'DB_PASSWORD: [redacted]'],
    ['postgres://app:pa55@db:5432/shop', 'postgres://app:[redacted]@db:5432/shop'],
    ['token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl', 'token [redacted]'],
    ['xoxb-123456789012-abcdef', '[redacted]'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI', 'AWS_SECRET_ACCESS_KEY=[redacted]'],
    ['SECRET_KEY_BASE: 0a1b2c', 'SECRET_KEY_BASE: [redacted]'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key [redacted] used'],
    ['etcdctl --token hunter2 get', 'etcdctl --token [redacted] get'],
    ['mysql --password "two words" -h db', 'mysql --password [redacted] -h db'],
    ['DB_PASS=hunter2', 'DB_PASS=[redacted]'],
    ['pwd: hunter2', 'pwd: [redacted]'],
    ['PASSWORD "x y"', 'PASSWORD [redacted]'],
    ['curl -u admin:hunter2 http://etcd:2379', 'curl -u admin:[redacted] http://etcd:2379'],
    ['https://hooks.slack.com/services/T0/B0/abcdef', 'https://hooks.slack.com/services/[redacted]'],
    [
      'https://events.pagerduty.com/integration/0123456789abcdef/enqueue',
      'https://events.pagerduty.com/integration/[redacted]/enqueue',
    ],
    ['glpat-abcdefghij0123456789', '[redacted]'],
    ['AIzaSyA0123456789abcdefghijklmnopqrstuv', '[redacted]'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '[redacted]'],
  ])('masks %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it.each([
    'etcd_server_has_leader{job="etcd"} == 1',
    'GET /api/v1/pods?fieldSelector=spec.nodeName=worker-3&resourceVersion=0',
    'node.kubernetes.io/unreachable:NoExecute',
    'bypass: true, compass=3',
    'the token has expired',
    'kubectl get secret my-app -n shop',
    'x-bearer-token file: /var/run/secrets',
    'MountVolume.SetUp failed for volume "tls" : secret "tls-db" not found',
    'system:serviceaccount:nightshift:reader cannot get resource "nodes"',
  ])('leaves %s as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('masks a value whose key names a secret, however deep', () => {
    expect(redactDeep({ env: [{ dbPassword: 'x', name: 'worker' }] })).toEqual({
      env: [{ dbPassword: '[redacted]', name: 'worker' }],
    });
    expect(redactDeep({ db_pass: 'x', pwd: 'x', requirepass: 'x', SLACK_TOKEN: 'x', passes: 'y' })).toEqual({
      db_pass: '[redacted]',
      pwd: '[redacted]',
      requirepass: '[redacted]',
      SLACK_TOKEN: '[redacted]',
      passes: 'y',
    });
  });

  it('stays quick on hostile text', () => {
    const hostile = 'a.'.repeat(50_000) + '://'.repeat(10_000);

    expect(redact(hostile)).toBe(hostile);
  });
});
