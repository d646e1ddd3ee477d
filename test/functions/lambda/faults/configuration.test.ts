import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FunctionName, functionNames, needs } from '../../../../functions/lambda/needs.ts';
import { startFunction } from '../../../../infra/aws/local/function.ts';
import { countingProxy } from '../../../harness/counting-proxy.ts';
import { tempDir } from '../../../harness/temp.ts';
import { text as configuration } from '../../../infra/aws/package/configuration.ts';
import { arn, packagedFunctions } from '../packaged.ts';

let stage: Awaited<ReturnType<typeof packagedFunctions>>;
beforeAll(async () => {
  stage = await packagedFunctions({ world: 'quiet' });
}, 240_000);
afterAll(() => stage?.[Symbol.asyncDispose]());

const coldStart = async (name: FunctionName, change: Record<string, string> = {}, zip = stage.zipOf(name)) => {
  await using one = await startFunction(zip, { ...stage.environmentFor(name), ...change });
  return await one.invoke({ check: 'configuration' });
};
const workers = functionNames.filter((name) => needs[name].works);

describe('a cold start', { timeout: 60_000 }, () => {
  it.each(functionNames)('%s: says which variable names no queue, and what to do', async (name) => {
    const [queue = ''] = needs[name].sends;
    const variable = `NIGHTSHIFT_QUEUE_${queue.toUpperCase()}`;

    await expect(coldStart(name, { [variable]: `nightshift-prod-${queue}` })).rejects.toThrow(
      `the environment variable ${variable} is "nightshift-prod-${queue}": it takes the URL of an SQS FIFO queue`,
    );
  });

  it.each(workers)('%s: says so when it was packaged without nightshift.yaml', async (name) => {
    await using folder = await tempDir('package');
    const zip = join(folder.path, 'function.zip');
    const { 'nightshift.json': _config, ...rest } = unzipSync(await readFile(stage.zipOf(name)));
    await writeFile(zip, zipSync(rest, { level: 0 }));

    await expect(coldStart(name, {}, zip)).rejects.toThrow('build the functions with npm run package');
  });
});

describe('a cold start, before any event,', { timeout: 60_000 }, () => {
  const check = { check: 'configuration' };
  const asksAProgram = (kubeconfig: string) =>
    kubeconfig.replace(/token: "[^"]*"/, 'exec: { command: aws, args: [eks] }');
  it.each([
    ['investigate', 'reader', 'nobody can use', () => 'apiVersion: v1\nkind: Config\n', 'clusters.practice:'],
    ['investigate', 'reader', 'asks a program for its token', asksAProgram, 'asks the program aws for its token'],
  ] as const)('%s: names the cluster whose kubeconfig (%s) %s', async (name, secret, _what, made, words) => {
    const known = stage.vault.secrets.get(arn(secret)) ?? '';
    stage.vault.secrets.set(arn(secret), made(known));
    try {
      await using one = await startFunction(stage.zipOf(name), stage.environmentFor(name));
      const reason = expect.stringContaining(words);
      expect(one.logged()).toContainEqual(expect.objectContaining({ level: 'ERROR', reason }));
      await expect(one.invoke(check)).rejects.toThrow(words);
    } finally {
      stage.vault.secrets.set(arn(secret), known);
    }
    expect(await coldStart(name)).toBe('the configuration can be used');
  });

  /** What the hourly check of a function says while its secrets are these. */
  async function checked(name: FunctionName, changes: Partial<Record<Parameters<typeof arn>[0], string>>) {
    const before = new Map(stage.vault.secrets);
    for (const [secret, text] of Object.entries(changes)) stage.vault.secrets.set(arn(secret as 'reader'), text);
    try {
      await using one = await startFunction(stage.zipOf(name), stage.environmentFor(name));
      return { said: await one.invoke(check).catch((failure: unknown) => String(failure)), logged: one.logged() };
    } finally {
      for (const [secret, text] of before) stage.vault.secrets.set(secret, text);
    }
  }
  const kubeconfig = (secret: 'reader' | 'fixer') => stage.vault.secrets.get(arn(secret)) ?? '';
  const slack = () =>
    JSON.parse(stage.vault.secrets.get(arn('slack')) ?? '') as Record<'botToken' | 'signingSecret', string>;

  it('remediate: starts without a fixer that nobody can use, to tell whoever approves; the check says what to do', async () => {
    const { said, logged } = await checked('remediate', { fixer: 'apiVersion: v1\nkind: Config\n' });

    expect(said).toContain('clusters.practice.fixer:');
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'ERROR', reason: expect.stringContaining('fixer') }),
    );
    expect(logged).toContainEqual(expect.objectContaining({ Misconfigured: expect.anything() }));
  });

  it.each(['announce', 'slack', 'remediate'] as const)(
    '%s: finds by the check that the token was revoked',
    async (name) => {
      const { said } = await checked(name, { slack: JSON.stringify({ ...slack(), botToken: 'xoxb-revoked' }) });
      expect(said).toContain('slack.botToken: Slack does not accept the bot token');
    },
  );

  const swapped = () => {
    const { botToken, signingSecret } = slack();
    return { slack: JSON.stringify({ botToken: signingSecret, signingSecret: botToken }) };
  };
  const noToken = 'slack.botToken: what the secret holds is no bot token';

  it.each(['alerts', 'investigate', 'announce', 'remediate', 'tick'] as const)(
    '%s: finds by the check that its table is not there',
    async (name) => {
      await expect(coldStart(name, { NIGHTSHIFT_TABLE: 'nobody-made-it' })).rejects.toThrow(
        'The table nobody-made-it does not exist: is the stack deployed',
      );
    },
  );

  it('slack: does not start when token and signing secret are swapped', async () => {
    await expect(checked('slack', swapped())).rejects.toThrow(noToken);
  });

  it.each(['announce', 'remediate'] as const)('%s: says so when they are swapped, as it starts', async (name) => {
    const { said, logged } = await checked(name, swapped());
    expect(said).toContain(noToken);
    const reason = expect.stringContaining(noToken);
    expect(logged).toContainEqual(
      expect.objectContaining({ level: 'ERROR', reason, message: expect.stringContaining('messages wait') }),
    );
  });

  it.each([
    [
      'a token that the API server does not accept',
      (text: string) => text.replace(/token: "[^"]*"/, 'token: "wrong"'),
      'does not accept',
    ],
    [
      'an address at which nobody listens',
      (text: string) => text.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'),
      'cannot be reached',
    ],
  ])('investigate and remediate: find by the check %s', async (_what, wrong, words) => {
    expect((await checked('investigate', { reader: wrong(kubeconfig('reader')) })).said).toContain(words);
    expect((await checked('remediate', { fixer: wrong(kubeconfig('fixer')) })).said).toContain(words);
  });

  it("find by the check the reader's credentials in the fixer's place, and the reverse", async () => {
    const same = 'what looks and what changes are the same identity';
    expect((await checked('remediate', { fixer: kubeconfig('reader') })).said).toContain(same);
    expect((await checked('remediate', { reader: kubeconfig('fixer') })).said).toContain(same);
    expect((await checked('investigate', { reader: kubeconfig('fixer') })).said).toContain(
      'these credentials may patch nodes',
    );
    expect((await checked('investigate', { reader: kubeconfig('fixer'), fixer: kubeconfig('reader') })).said).toContain(
      'these credentials may patch nodes',
    );
  });

  /** The API server of the fixer's kubeconfig, whose answers about the namespace kube-system are made another one. */
  async function fixerBehind(retold: (answer: string) => string): Promise<string> {
    const retell = (answer: string) => (/"kind":\s*"Namespace"/.test(answer) ? retold(answer) : answer);
    await using proxy = await countingProxy(stage.practice.kubernetesUrl, { retell });
    const fixer = kubeconfig('fixer').replace(stage.practice.kubernetesUrl, proxy.url);
    return (await checked('remediate', { fixer })).said as string;
  }

  it('remediate: finds by the check a fixer that would change another cluster', async () => {
    expect(await fixerBehind((answer) => answer)).toBe('the configuration can be used');
    expect(await fixerBehind((answer) => answer.replace(/("uid":\s*")/, '$10'))).toContain(
      'clusters.practice.fixer can change nothing: the credentials that look at the cluster and those that change it lead to two different clusters',
    );
  });

  it('alerts: does not take an object for its token', async () => {
    const known = stage.vault.secrets.get(arn('alerts')) ?? '';
    stage.vault.secrets.set(arn('alerts'), JSON.stringify({ token: known }));
    try {
      await expect(startFunction(stage.zipOf('alerts'), stage.environmentFor('alerts'))).rejects.toThrow('key: NAME');
    } finally {
      stage.vault.secrets.set(arn('alerts'), known);
    }
  });
});

describe('npm run package', { timeout: 60_000 }, () => {
  const script = join(import.meta.dirname, '../../../../functions/lambda/package/main.ts');

  /** What it complains about, on one line. */
  async function complaint(yaml: string, how: 'option' | 'variable'): Promise<string> {
    await using folder = await tempDir('configuration');
    const file = join(folder.path, 'nightshift.yaml');
    await writeFile(file, yaml);
    const options = how === 'option' ? ['--config', file] : [];
    const env = { PATH: process.env.PATH, ...(how === 'variable' ? { NIGHTSHIFT_CONFIG: file } : {}) };
    const out = join(folder.path, 'out');
    return await new Promise((resolve, reject) => {
      execFile(process.execPath, [script, ...options, '--out', out], { env, cwd: folder.path }, (failure, _, stderr) =>
        failure?.code === 2 ? resolve(stderr.replace(/\s+/g, ' ')) : reject(new Error(`no complaint: ${stderr}`)),
      );
    });
  }

  it.each([
    [
      'a setting with a slip of the pen',
      configuration.replace('botToken:', 'botTokn:'),
      'unknown key botTokn in slack; did you mean botToken?',
    ],
    ['a policy for a fix that does not exist', configuration.replace("'*'", 'cordon-nod'), 'cordon-nod'],
    ['no channel', configuration.replace(/ {2}channel: .*\n/, ''), 'slack.channel'],
  ])('makes nothing of %s, and names it', async (_what, yaml, named) => {
    expect(await complaint(yaml, 'option')).toContain(named);
  });

  it('finds nightshift.yaml as the embedded server does: by option, by NIGHTSHIFT_CONFIG', async () => {
    expect(await complaint('clusters: []', 'variable')).toContain('nightshift.yaml: slack is missing');
  });
});
