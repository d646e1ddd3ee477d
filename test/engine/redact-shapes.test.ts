import { expect, it } from 'vitest';
import { redact, redactDeep, redactLines } from '../../engine/redact.ts';

const S = 'hunter2xq7';
const long = `${S}abcdefghijklmnopqrst`;

it.each([
  // Flags of Go and Java programs, alone, in a list of Go's, JSON's, Python's and YAML's.
  `consul agent -token ${S}`,
  `["agent","-token","${S}"]`,
  `["influx" "-password" "${S}"]`,
  `['etcdctl', '--password', '${S}']`,
  `- --password\n- ${S}`,
  `["redis-cli",\n  "-a",\n  "${S}"]`,
  `['redis-cli','-a','${S}']`,
  `["curl","-uadmin:${S}","http://x"]`,
  `["etcdctl","--user=root:${S}"]`,
  `["helm","registry","login","-u","me","-p","${S}"]`,
  // Headers as Go logs them.
  `{"Authorization":["Token ${S}"]}`,
  `{"X-Vault-Token":["${S}"]}`,
  `http.Header{"X-Api-Key":[]string{"${S}"}}`,
  `headers: {authorization: ['Token ${S}']}`,
  // Variables of containers.
  `"env":[{"name":"DB_PASSWORD","value":"${S}"}]`,
  `- name: DB_PASSWORD\n  value: ${S}`,
  `EnvVar{Name:DB_PASSWORD_PROD,Value:${S},}`,
  `{\\"name\\":\\"API_TOKEN\\",\\"value\\":\\"${S}\\"}`,
  // Names with something before or behind the word.
  `DB_PASSWORD_PROD=${S}`,
  `TOKEN_GITHUB=${S}`,
  `password1=${S}`,
  `smtpPass: ${S}`,
  `"adminPass":"${S}"`,
  `dbPwd=${S}`,
  `bindpw ${S}`,
  `secret_id: ${S}`,
  `NEW_RELIC_LICENSE_KEY=${S}`,
  `"tls.key":"${S}"`,
  // Programs.
  `mariadb-dump -u root -p${S} shop`,
  `mysqlsh -p${S}`,
  `valkey-cli -a ${S} ping`,
  `sqlcmd -S db -U sa -P ${S}`,
  `oc login -u me -p ${S}`,
  `skopeo copy --src-creds=me:${S} docker://x`,
  `curl --proxy-user me:${S} http://x`,
  // MySQL and Oracle.
  `user:a${S}:b@tcp(db)/shop`,
  `user:${S}@tcp4(db)/shop`,
  `user:${S}@/shop`,
  `jdbc:oracle:thin:scott/${S}@//db:1521/x`,
  // Other ways to write it.
  `<password>${S}</password>`,
  `password := "${S}"`,
  `sha256~${long}`,
  `K10${'0a'.repeat(20)}::server:${S}`,
  `bootstrap token abc123.${S}abcdef`,
  `basic_auth: "me:${S}"`,
  // Whoever has such an address may post.
  `https://outlook.office.com/webhook/0a-1@2b/IncomingWebhook/${S}/0b`,
  `https://hooks.zapier.com/hooks/catch/123/${S}/`,
  `https://open.feishu.cn/open-apis/bot/v2/hook/${S}`,
  `https://chat.example/hooks/5f1a2b3c4d5e6f7a8b9c0d1e/${long}`,
  `https://oncall.grafana.net/oncall/integrations/v1/alertmanager/${S}/`,
  `https://hc-ping.com/${S}`,
  `https://${long}:x-oauth-basic@github.com/x`,
])('masks the secret in %s', (text) => {
  expect(redact(text)).not.toContain(S);
  expect(redact(text)).toContain('[redacted]');
  expect(redact(redact(text))).not.toContain(S);
});

it.each([
  'docker run -u 1000:1000 nginx',
  'PASSWORD_MIN_LENGTH=12, TOKEN_TTL=5m, API_KEY_FILE=/etc/x, SECRET_NAME=tls',
  'bypass=true compass: 3 trespass: no',
  'secretName: tls-db, tokenExpirationSeconds: 3607, passwordFile: /x',
  'web.17a1b2c3d4e5f6a7 BackOff; a name: web, a value: 3',
  'name: REPLICAS\n  value: 3',
  '["kubectl" "-p" "x"] ["mkdir","-p","/data"]',
  'https://grafana.example/d/abc/hooks?orgId=1 /hooks/pre-stop',
  'non-token auth: pre-token hook',
])('leaves %s as it is', (text) => {
  expect(redact(text)).toBe(text);
  expect(redactLines(text)).toBe(text);
});

it('masks the value of a variable by its name, and leaves the others', () => {
  const env = [
    { name: 'DB_PASSWORD_PROD', value: S },
    { name: 'smtpPass', value: S },
    { name: 'REPLICAS', value: '3' },
  ];
  expect(redactDeep({ env })).toEqual({
    env: [
      { name: 'DB_PASSWORD_PROD', value: '[redacted]' },
      { name: 'smtpPass', value: '[redacted]' },
      { name: 'REPLICAS', value: '3' },
    ],
  });
});

it('stays quick, whatever is repeated', () => {
  const pieces = [
    '-token ',
    '"password", ',
    'name: DB_PASSWORD ',
    'dbpass',
    'PASSWORD_',
    '<password>',
    'password:=',
    '[]string{"',
  ];
  for (const piece of pieces) {
    const began = performance.now();
    redact(piece.repeat(5_000));
    redactLines(`password=["${piece.repeat(5_000)}`);
    expect(performance.now() - began, piece).toBeLessThan(5_000);
  }
});
