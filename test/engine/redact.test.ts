import { describe, expect, it } from 'vitest';
import { redact, redactDeep, redactLines } from '../../engine/redact.ts';

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
    ['redis://:s3cretPass@redis:6379/0', 'redis://:[redacted]@redis:6379/0'],
    ['postgres://u:p@ssw0rd@db/x', 'postgres://u:[redacted]@db/x'],
    ['amqp://user:pa/ss@host', 'amqp://user:[redacted]@host'],
    ['mongodb://u:p@h1:27017,h2:27017/db?x=a@b', 'mongodb://u:[redacted]@h1:27017,h2:27017/db?x=a@b'],
    ['{"url":"http://u:p@h","by":"a@b"}', '{"url":"http://u:[redacted]@h","by":"a@b"}'],
    ['https://abcdefghijklmnopqrstuvwxyz012345@dev.azure.com/x', 'https://[redacted]@dev.azure.com/x'],
    ['sent Authorization: Token abcdef1234567890 to it', 'sent Authorization: [redacted] [redacted] to it'],
    ['Authorization: Unheard-Of abcdef1234567890', 'Authorization: [redacted] [redacted]'],
    ['{"Authorization":"Digest username=\\"x\\", response=\\"y\\"","a":1}', '{"Authorization":"[redacted]","a":1}'],
    ['Cookie: session=abc; id=7', 'Cookie: [redacted]'],
    ['"password":"a\\"bcd","user":"x"', '"password":"[redacted]","user":"x"'],
    ['{\\"password\\":\\"a\\\\\\"b\\",\\"user\\":\\"x\\"}', '{\\"password\\":\\"[redacted]\\",\\"user\\":\\"x\\"}'],
    ['"token":null,"secret":12', '"token":null,"secret":"[redacted]"'],
    ["password: 'it''s me'", 'password: [redacted]'],
    ['password: "cut in the mid', 'password: [redacted]'],
    ['AccountName=a;AccountKey=abc==;EndpointSuffix=b', 'AccountName=a;AccountKey=[redacted];EndpointSuffix=b'],
    [
      'https://a.blob.core.windows.net/c?sv=1&sig=ab%2Fc%3D&se=2026',
      'https://a.blob.core.windows.net/c?sv=1&sig=[redacted]&se=2026',
    ],
    ['X-Amz-Signature=abcdef0123', 'X-Amz-Signature=[redacted]'],
    ['hvs.CAESIabcdefghijklmnop', '[redacted]'],
    ['sk_live_abcdefgh12345678', '[redacted]'],
    ['npm_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
    ['ghp_abcdefghijklmnopqrstuvwxyz0123456789', '[redacted]'],
    [`dop_v1_${'0a'.repeat(32)}`, '[redacted]'],
    [`pypi-AgEIcHlwaS5vcmc${'Aa0'.repeat(20)}`, '[redacted]'],
    [`SG.${'a'.repeat(22)}.${'b'.repeat(43)}`, '[redacted]'],
    ['id AKIAIOSFODNN7EXAMPLE key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'id [redacted] key [redacted]'],
    ['mysql -u root -phunter2 shop', 'mysql -u root -p[redacted] shop'],
    ['exec ["redis-cli" "-a" "hunter2" "ping"] failed', 'exec ["redis-cli" "-a" "[redacted]" "ping"] failed'],
    [
      '{\\"command\\":[\\"redis-cli\\",\\"-a\\",\\"h2\\"]}',
      '{\\"command\\":[\\"redis-cli\\",\\"-a\\",\\"[redacted]\\"]}',
    ],
    ['["mysql" "-uroot" "-phunter2" "-e" "select 1"]', '["mysql" "-uroot" "-p[redacted]" "-e" "select 1"]'],
    ['["curl" "-u" "me:hunter2" "http://x"]', '["curl" "-u" "me:[redacted]" "http://x"]'],
    ['["x","--db-password","hun ter2","--verbose"]', '["x","--db-password","[redacted]","--verbose"]'],
    ['root:hunter2@tcp(db:3306)/shop?x=1', 'root:[redacted]@tcp(db:3306)/shop?x=1'],
    ['DATA_SOURCE_NAME=exporter:hun(ter2@(db:3306)/', 'DATA_SOURCE_NAME=exporter:[redacted]@(db:3306)/'],
    [
      'https://acme.webhook.office.com/webhookb2/0a-1@2b/IncomingWebhook/ab/01',
      'https://acme.webhook.office.com/webhookb2/[redacted]',
    ],
    [
      'https://alert.victorops.com/integrations/generic/20131114/alert/0a-bb/team',
      'https://alert.victorops.com/integrations/generic/20131114/alert/[redacted]',
    ],
    ['https://discordapp.com/api/v10/webhooks/123/abc-DEF', 'https://discordapp.com/api/v10/webhooks/123/[redacted]'],
    ['https://chat.example/hooks/abcdefghijklmnopqrstuvwxyz', 'https://chat.example/hooks/[redacted]'],
    ['"service_key":"R0123456789abcdef0123456789abcde"', '"service_key":"[redacted]"'],
    ['MYSQL_ROOT_PW=hunter2', 'MYSQL_ROOT_PW=[redacted]'],
    [
      'Post "https://api.telegram.org/bot110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/sendMessage": deadline',
      'Post "https://api.telegram.org/bot[redacted]/sendMessage": deadline',
    ],
    ['?text=bot110201543%3AAAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1%2Fsend', '?text=bot[redacted]%2Fsend'],
    ['sshpass -p hunter2 ssh db', 'sshpass -p [redacted] ssh db'],
    ['sshpass -p hunter2 ssh -p 2222 db', 'sshpass -p [redacted] ssh -p [redacted] db'],
    ['redis-cli -a hunter2 -p 6379 ping', 'redis-cli -a [redacted] -p [redacted] ping'],
    ['redis-cli -h db -p 6379 -a hunter2 ping', 'redis-cli -h db -p [redacted] -a [redacted] ping'],
    ['mysqladmin -phunter2 status -pother', 'mysqladmin -p[redacted] status -p[redacted]'],
    ['mysql -phunter2 -h a && mysql -phunter3 -h b', 'mysql -p[redacted] -h a && mysql -p[redacted] -h b'],
    ['curl -s -uadmin:hunter2 http://db', 'curl -s -uadmin:[redacted] http://db'],
    ['cqlsh -u root -p hunter2', 'cqlsh -u root -p [redacted]'],
    ['mongosh -u root -p hunter2 db', 'mongosh -u root -p [redacted] db'],
    ['docker login -u ci -p hunter2 quay.io', 'docker login -u ci -p [redacted] quay.io'],
    ['docker run -p 8080:80 web', 'docker run -p 8080:80 web'],
    ['ldapsearch -D cn=admin -w hunter2 uid=x', 'ldapsearch -D cn=admin -w [redacted] uid=x'],
    ["CREATE USER a IDENTIFIED BY 'hunter2'", 'CREATE USER a IDENTIFIED BY [redacted]'],
  ])('masks %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
    expect(redact(masked), 'what was masked before').toBe(masked);
  });

  const line = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAABFwAAAAdz';
  const [begin, end] = ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----'];

  it('masks a private key of which only a part is left', () => {
    expect(redact(`loading\n${line}\n${line}\nAAAB\n${end}\ndone`)).toBe('loading\n[redacted]\ndone');
    expect(redact(`${line} | AAAB | ${end}`)).toBe('[redacted]');
    expect(redact(`key: "${line}\\nAAAB\\n${end}\\n"`)).toBe('key: "[redacted]\\n"');
    expect(redact(`the key ends in ${end}`)).toBe('the key ends in [redacted]');
    expect(redact(`loading\n${line}\n${line}\n`)).toBe('loading\n[redacted]\n');
    expect(redact(`${begin}\n${line}`)).toBe('[redacted]');
    expect(redact(`${begin}${'x'.repeat(9_000)}`)).toBe(`[redacted]${'x'.repeat(9_000 + begin.length - 8_000)}`);
  });

  it('leaves each line of a log its own: one that ends with the name of a secret says nothing of the next', () => {
    expect(redactLines('wrong token:\nE1121 connection refused\nDB_PASS="a\nb')).toBe(
      'wrong token:\nE1121 connection refused\nDB_PASS=[redacted]\nb',
    );
    expect(redactLines(`${begin}\n${line}\n${end}\nnext`)).toBe('[redacted]\nnext');
  });

  it('leaves a log line that is JSON one that can be parsed', () => {
    const said = { level: 'warn', 'auth-token': 'a"b\\', token: 7, secret: null, password: { of: 'x' }, msg: 'denied' };
    const masked = { ...said, 'auth-token': '[redacted]', token: '[redacted]' };

    expect(JSON.parse(redactLines(JSON.stringify(said)))).toEqual(masked);
    const inner = JSON.stringify({ ...said, 'auth-token': 'a"b' });
    const twice = JSON.parse(redactLines(JSON.stringify({ log: inner })));
    expect(JSON.parse(twice.log)).toEqual(masked);
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
    'ip-10-0-1-23.eu-west-1.compute.internal gke-prod-pool-1-3f2a9c1d-x7k2 aks-nodepool1-12345678-vmss000003',
    'docker-pullable://registry.example:5000/team/app@sha256:9b2cf5a1d3c4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abc',
    'docker-pullable://a-rather-long-name-of-an-image@sha256:9b2cf5a1d3c4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789abc',
    'uid 6f1c2a9e-7a44-4c55-9d1e-0c6a8a1b2c3d of web-7d9f8c6b5-abcde, rev 3f786850e387550fdab836ed7e6dc881de23001b',
    'http://prometheus:9090/graph?g0.expr=up&g0.tab=1 https://user@host git@github.com:org/repo.git',
    'Basic authentication failed, bearer authorization missing, Authorization failed for 10.0.0.1',
    'members https://10.0.0.1:2380,https://[fd00::1]:2380',
    'web.17a1b2c3d4e5f6a7 container web failed liveness probe, will be restarted',
    'The signature is valid, s.Close() returned, key-value store, secretName=tls-db',
    'tokenreviews.authentication.k8s.io is forbidden',
    '-----BEGIN CERTIFICATE-----',
    '["docker" "run" "-p" "80:80"] ["mysqladmin" "ping" "-h" "db"]',
    'routing_key=orders.created, power: 5',
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
    for (const piece of ['"-p" ', 'a:', '"redis-cli" "x" ', '--token" ', 'mysql -e ', '@('])
      redact(piece.repeat(20_000));
  });

  it.each([
    'a://b:c/',
    'a://b:@a',
    'password:"',
    "password: '",
    'password:\\"',
    'password    ',
    'secretkey',
    '--pass-',
    'token%3',
    'cookie: a=',
    'authorization: a',
    'mysql -',
    'redis-cli a ',
    'redis-cli -p ',
    ' -p x',
    'identified by ',
    'AKIAIOSFODNN7EXAMPLE ',
    '\\',
    '"',
    ' ',
    '\n',
    'QUJD',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    `${' '.repeat(8_000)}-----END PRIVATE KEY-----`,
    `${line}\n`,
  ])('is quick with 100,000 characters of %j again and again', (piece) => {
    const hostile = piece.repeat(100_000 / piece.length);
    const began = performance.now();

    redact(hostile);
    redactLines(hostile);
    redact(`password:\\"${hostile}`);
    redact(`https://a:${hostile}`);
    redact(`${hostile}-----END PRIVATE KEY-----`);

    expect(performance.now() - began).toBeLessThan(2_500);
  });
});
