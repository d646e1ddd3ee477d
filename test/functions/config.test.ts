import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { environmentHelp, parseEnvironment } from '../../functions/config/environment.ts';
import { ConfigError } from '../../functions/config/error.ts';
import { loadConfig, parseConfig, readSecret } from '../../functions/config/load.ts';
import { configJsonSchema } from '../../functions/config/schema.ts';

const whole = `clusters:
  - name: prod-eu
    kubernetes: { kubeconfig: ./prod-eu.kubeconfig, context: prod-eu }
    prometheus: { url: http://prometheus:9090, bearerToken: { env: PROM_TOKEN } }
    match: { cluster: prod-eu }
alerts: { token: { env: NIGHTSHIFT_ALERTS_TOKEN } }
slack: { channel: C0123456789, botToken: { env: BOT }, signingSecret: { file: secret } }
policy:
  - remedies: [cordon-node, uncordon-node]
    approvers: { users: [U01], userGroups: [S01] }
    approvals: 1
    requesterMayApprove: false
    expiresAfterMinutes: 30
`;

function twoClusters(one: string, other: string, match: string): string {
  const cluster = (name: string) => `{ name: ${name}, kubernetes: { inCluster: true }${match ? `, ${match}` : ''} }`;
  return `clusters: [${cluster(one)}, ${cluster(other)}]`;
}

function complaint(text: string): string {
  try {
    parseConfig(text, 'nightshift.yaml');
  } catch (failure) {
    if (failure instanceof ConfigError) return failure.message;
    throw failure;
  }
  return 'no complaint';
}

describe('nightshift.yaml', () => {
  it('takes the documented shape, and nothing at all', () => {
    expect(parseConfig(whole, 'nightshift.yaml').clusters[0]).toMatchObject({
      name: 'prod-eu',
      match: { cluster: 'prod-eu' },
    });
    expect(parseConfig('', 'nightshift.yaml')).toEqual({
      clusters: [],
      alerts: {},
      runbooks: { disabled: [] },
      policy: [],
      limits: { readyNodesPercent: 66, coolDownMinutes: 10, actionsPerHour: 10, freeze: [] },
    });
  });

  it.each([
    ['clustrs: []', 'nightshift.yaml:1: unknown key clustrs in the top level; did you mean clusters?'],
    [whole.replace('match:', 'matches:'), 'nightshift.yaml:5: unknown key matches in clusters.0; did you mean match?'],
    [
      whole.replace('context: prod-eu', 'contxt: prod-eu'),
      'unknown key contxt in clusters.0.kubernetes; did you mean context?',
    ],
    [
      whole.replace('C0123456789', '"#incidents"'),
      'nightshift.yaml:7: slack.channel: a channel id such as C0123456789, not its name',
    ],
    [
      whole.replace('http://prometheus:9090', 'prometheus:9090'),
      'nightshift.yaml:4: clusters.0.prometheus.url: must be a web address such as http://prometheus.example:9090',
    ],
    [
      'alerts: { token: hunter2 }',
      'nightshift.yaml:1: alerts.token: a secret does not stand in this file: write { env: NAME }',
    ],
    [
      "clusters: [{ name: a, kubernetes: { kubeconfig: k }, prometheus: { url: 'https://scraper:hunter2@prometheus.example' } }]",
      'clusters.0.prometheus.url: has a user or a password in it, and no secret stands in this file',
    ],
    ['alerts: { token: { value: hunter2 } }', 'alerts.token: a secret does not stand in this file'],
    ['alerts: { token: { evn: TOKEN } }', 'unknown key evn in alerts.token; did you mean env?'],
    ['alerts: { token: { env: "" } }', 'alerts.token.env must not be empty'],
    ['clusters: [{ name: a }]', 'clusters.0.kubernetes is missing: write { kubeconfig: PATH }'],
    ['clusters: [{ name: a, kubernetes: prod.kubeconfig }]', 'clusters.0.kubernetes: write { kubeconfig: PATH }'],
    ['clusters: [{ name: a, kubernetes: { inCluster: no } }]', 'clusters.0.kubernetes.inCluster must be true'],
    ['clusters: { name: a }', 'nightshift.yaml:1: clusters must be a list, not a mapping (key: value)'],
    ['clusters: [{ name: 7, kubernetes: { inCluster: true } }]', 'clusters.0.name must be text, not a number'],
    ['policy: [{ remedies: [], approvers: {} }]', 'policy.0.remedies must not be empty'],
    ['policy: [{ remedies: [a], approvers: {}, approvals: 0 }]', 'policy.0.approvals must be at least 1'],
    ['- clusters', 'the top level must be a mapping (key: value), not a list'],
    ['clusters: [', 'nightshift.yaml:1:'],
    [twoClusters('a', 'a', 'match: { c: a }'), 'there is already a cluster a; names must differ'],
    [twoClusters('a', 'b', 'match: { c: a }'), 'clusters.1.match: the same as that of a: an alert would fit both'],
    [twoClusters('a', 'b', ''), 'with several clusters each needs match'],
  ])('refuses %j with the line and what to write', (text, words) => {
    expect(complaint(text)).toContain(words);
  });

  it('says of what is no YAML where it breaks, and ends there', () => {
    expect(complaint('slack:\n  channel: C0123456789: no')).toMatch(/^nightshift\.yaml:2: .*line 2, column \d+$/);
  });

  it.each([
    [
      'clusters: [{ name: a, kubernets: { kubeconfig: k } }]',
      'unknown key kubernets in clusters.0; did you mean kubernetes?',
    ],
    [
      'clusters: [{ name: a, kubernetes: { kubeconfg: k } }]',
      'unknown key kubeconfg in clusters.0.kubernetes; did you mean kubeconfig?',
    ],
    [
      'slack: { chanel: C0123456789, botToken: { env: A }, signingSecret: { env: B } }',
      'unknown key chanel in slack; did you mean channel?',
    ],
    [
      twoClusters('a', 'b', 'match: { c: a }').replace(/match(?=[^,]*$)/, 'matches'),
      'unknown key matches in clusters.1; did you mean match?',
    ],
  ])('names a misspelt key, and nothing that only follows from it: %j', (text, words) => {
    expect(complaint(text).split('\n')).toEqual([expect.stringContaining(words)]);
  });

  it('names a misspelt key before everything else that is wrong', () => {
    const text = 'clusters: [{ name: 7, kubernetes: { inCluster: true }, prometeus: { url: x } }]';

    expect(complaint(text).split('\n')).toEqual([
      expect.stringContaining('unknown key prometeus in clusters.0; did you mean prometheus?'),
      expect.stringContaining('clusters.0.name must be text'),
    ]);
  });

  it('never shows what may be a secret, and guesses no key that is not near', () => {
    expect(complaint('alerts: { token: hunter2 }')).not.toContain('hunter2');
    expect(complaint('zzz: 1')).toContain('unknown key zzz in the top level (known here: clusters, ');
  });

  describe('the Prometheus of a cluster', () => {
    const asked = (access: string) =>
      `clusters: [{ name: a, kubernetes: { kubeconfig: k }, prometheus: { url: 'https://p.example', ${access} } }]`;
    const authority = Buffer.from('-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n').toString('base64');

    it.each([
      'bearerToken: { env: T }',
      'basicAuth: { username: jane, password: { file: ./password } }',
      'headers: { X-Scope-OrgID: team-a }',
      `certificateAuthority: ${authority}`,
    ])('may be asked with %s', (access) => {
      expect(complaint(asked(access))).toBe('no complaint');
    });

    it.each([
      ['basicAuth: { username: jane, password: hunter2 }', 'basicAuth.password: a secret does not stand in this file'],
      ['basicAuth: { username: "jane:doe", password: { env: P } }', 'basicAuth.username: a user name without a colon'],
      [
        'bearerToken: { env: T }, basicAuth: { username: jane, password: { env: P } }',
        'has both a bearerToken and basicAuth',
      ],
      ['headers: { Authorization: "Bearer hunter2" }', 'would hold a secret, and none stands in this file'],
      ['headers: { "X Scope": a }', 'the name of an HTTP header, such as X-Scope-OrgID'],
      ['headers: { X-Scope-OrgID: "a\\nb" }', 'the value of an HTTP header: ASCII, in one line'],
      ['certificateAuthority: ./ca.crt', 'a PEM file in base64: base64 -w0 ca.crt'],
      ['certificateAuthority: aHVudGVyMg==', 'holds no PEM certificate'],
    ])('is refused with %s', (access, words) => {
      expect(complaint(asked(access))).toContain(words);
      expect(complaint(asked(access))).not.toContain('hunter2');
    });
  });

  describe('the kubelets of a cluster', () => {
    const asked = (kubelet: string) => `clusters: [{ name: a, kubernetes: { kubeconfig: k }, kubelet: ${kubelet} }]`;

    it.each(['{ ca: cluster }', '{ caFile: ./kubelets.crt }'])('may be asked with %s', (kubelet) => {
      expect(complaint(asked(kubelet))).toBe('no complaint');
    });

    it.each(['{}', '{ ca: everybody }', '{ insecure: true }', 'true', '{ ca: cluster, insecureSkipTLSVerify: true }'])(
      'are never asked unverified: %s is refused',
      (kubelet) => {
        expect(complaint(asked(kubelet))).toMatch(/kubelet/);
        expect(complaint(asked(kubelet))).not.toBe('no complaint');
      },
    );

    it('says why', () => {
      expect(complaint(asked('{}'))).toContain(
        'the token of the reader is never sent to a kubelet that cannot be verified',
      );
    });
  });

  describe('an EKS cluster', () => {
    const eks = (reader: string, fixer = '') =>
      `clusters: [{ name: a, kubernetes: { eks: { region: eu-west-1, clusterName: prod-eu${reader} } }${fixer} }]`;
    const role = (name: string) => `, roleArn: "arn:aws:iam::111122223333:role/${name}"`;
    const fixing = (more: string) => `, fixer: { eks: { region: eu-west-1, clusterName: prod-eu${more} } }`;

    it.each([
      ['as the process itself, and another role that changes it', eks('', fixing(role('fixer')))],
      ['as a role', eks(role('reader'))],
      ['as a role, and another that changes it', eks(role('reader'), fixing(role('fixer')))],
      ['changed by a kubeconfig', eks('', ', fixer: { kubeconfig: k }')],
    ])('is looked at %s', (_how, text) => {
      expect(complaint(text)).toBe('no complaint');
    });

    it.each([
      [eks('', fixing('')), 'clusters.0.fixer.eks.roleArn is missing'],
      [eks(role('one'), fixing(role('one'))), 'clusters.0.fixer.eks.roleArn: must be another role'],
      [eks(', roleArn: reader'), 'clusters.0.kubernetes.eks.roleArn: the ARN of one role, such as arn:aws:iam::'],
      [eks('').replace('eu-west-1', 'Ireland'), 'clusters.0.kubernetes.eks.region: an AWS region such as eu-west-1'],
      [
        eks('').replace('prod-eu', '"arn:aws:eks:x"'),
        'clusters.0.kubernetes.eks.clusterName: the name of an EKS cluster',
      ],
      [eks(', role: reader'), 'unknown key role in clusters.0.kubernetes.eks; did you mean roleArn?'],
    ])('refuses %j', (text, words) => {
      expect(complaint(text)).toContain(words);
    });
  });

  it('names a missing file', async () => {
    await expect(loadConfig('/nowhere/nightshift.yaml')).rejects.toThrow('/nowhere/nightshift.yaml does not exist');
  });

  it('has a published JSON schema that accepts what we accept', () => {
    const published = JSON.parse(readFileSync(join(import.meta.dirname, '../../nightshift.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false, formats: { uri: true } }).compile(published);

    expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
    expect(validate(parse(whole))).toBe(true);
    expect(validate(parse('clustrs: []'))).toBe(false);
  });
});

describe('the environment', () => {
  it.each([
    ['PORT', 'abc', 'a port number from 0 to 65535'],
    ['PORT', '65536', 'a port number from 0 to 65535'],
    ['PORT', '-1', 'a port number from 0 to 65535'],
    ['PORT', '6000', 'a port number from 0 to 65535 (0: a free one), and none of those that browsers refuse'],
    ['NIGHTSHIFT_LOG', 'loud', 'one of silent, error, warn, info, debug'],
  ])('%s=%s is refused with what was given and what it takes', (name, value, takes) => {
    expect(() => parseEnvironment({ [name]: value })).toThrow(
      `the environment variable ${name} is "${value}": it takes ${takes}`,
    );
  });

  it('has defaults, also for what is set to nothing', () => {
    expect(parseEnvironment({ PORT: '', HOST: '' })).toMatchObject({
      PORT: 3000,
      HOST: '127.0.0.1',
      NIGHTSHIFT_DATA: './.nightshift',
      NIGHTSHIFT_LOG: 'warn',
    });
    expect(parseEnvironment({ PORT: '0' })).toMatchObject({ PORT: 0 });
  });

  it('may name proxies in small letters, and nothing else', () => {
    const given = { https_proxy: 'http://squid:3128', no_proxy: 'a', NO_PROXY: 'b', port: '80' };
    expect(parseEnvironment(given)).toMatchObject({ HTTPS_PROXY: 'http://squid:3128', NO_PROXY: 'b', PORT: 3000 });
  });

  it('is listed whole by the help, and in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    for (const name of Object.keys(parseEnvironment({}))) {
      expect(environmentHelp).toContain(name);
      if (!name.startsWith('KUBERNETES_SERVICE_')) expect(readme).toContain(`\`${name}\``);
    }
  });
});

describe('a secret', () => {
  const directory = mkdtempSync(join(tmpdir(), 'secret-'));
  writeFileSync(join(directory, 'token'), 's3cret\n');

  it('comes from the environment or from a file beside the configuration', async () => {
    expect(await readSecret({ env: 'TOKEN' }, 'alerts.token', { env: { TOKEN: ' x ' }, directory })).toBe('x');
    expect(await readSecret({ file: 'token' }, 'alerts.token', { env: {}, directory })).toBe('s3cret');
  });

  it('that is missing is named with its setting', async () => {
    const from = { env: {}, directory };

    await expect(readSecret({ env: 'TOKEN' }, 'alerts.token', from)).rejects.toThrow(
      'alerts.token: the environment variable TOKEN is not set',
    );
    await expect(readSecret({ file: 'gone' }, 'slack.botToken', from)).rejects.toThrow(
      /slack\.botToken: the file .*gone is missing or empty/,
    );
    await expect(readSecret({ secretsManager: 'arn' }, 'x', from)).rejects.toThrow('use env or file');
  });
});
