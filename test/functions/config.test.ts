import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ConfigError, loadConfig, parseConfig, readSecret } from '../../functions/config/load.ts';
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
    expect(parseConfig('', 'nightshift.yaml')).toEqual({ clusters: [], alerts: {}, policy: [] });
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
      'nightshift.yaml:4: clusters.0.prometheus.url: Invalid URL',
    ],
    ['alerts: { token: hunter2 }', 'nightshift.yaml:1: alerts.token'],
    ['clusters: [', 'nightshift.yaml:1:'],
    [twoClusters('a', 'a', 'match: { c: a }'), 'there is already a cluster a; names must differ'],
    [twoClusters('a', 'b', ''), 'with several clusters each needs match'],
  ])('refuses %j with the line and what to write', (text, words) => {
    expect(complaint(text)).toContain(words);
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
