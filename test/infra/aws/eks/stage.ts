import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, vi } from 'vitest';
import { type EksOptions, eksCluster } from '../../../../infra/aws/eks/cluster.ts';
import { type Loopback, loopback, loopbackTls, tlsFile } from '../../kubernetes/loopback.ts';
import { type KnownKeys, refusalOf } from './authenticator.ts';

export const place = { region: 'eu-west-1', clusterName: 'prod-eu' };
export const fixerRole = 'arn:aws:iam::111122223333:role/nightshift-fixer';
/** The keys this process has, and those of the role it may assume. */
export const ours: KnownKeys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };
export const fixers: KnownKeys = {
  accessKeyId: 'ASIAIOSFODNN7FIXER',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY',
  sessionToken: 'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW==',
};

export interface AwsAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function recorded(file: string): string {
  return readFileSync(new URL(`../../../recorded/aws/eks/${file}`, import.meta.url), 'utf8');
}

/** An error of EKS: its kind is in a header. */
export function eksError(status: number, type: string, body = '{"message":"no"}'): AwsAnswer {
  return { status, body, headers: { 'content-type': 'application/json', 'x-amzn-errortype': type } };
}

export interface EksStage {
  now: Date;
  minutesPass(minutes: number): void;
  /** What AWS is asked: `eks GET /clusters/prod-eu by AKIA…`. */
  readonly asked: string[];
  /** What EKS answers, and what STS does to `AssumeRole`. `undefined`: nothing, ever. */
  describe: () => AwsAnswer | undefined;
  assume: () => AwsAnswer;
  /** Whose signature the token service knows. */
  keys: readonly KnownKeys[];
  /** Tokens the API server was sent, and why it refused them. */
  readonly tokens: { readonly token: string; readonly refused: string | undefined }[];
  /** Further requests get 401 for this reason, if there is one. */
  refuses: (token: string) => string | undefined;
  /** Where the API server listens: https://127.0.0.1:PORT */
  server(): string;
  active(endpoint?: string, ca?: string): AwsAnswer;
  open(options?: Partial<EksOptions>): ReturnType<typeof eksCluster>;
  /** The API server, as it is while it is being moved. */
  move(): Promise<void>;
}

/** For each test of a file: EKS, the token service and an API server that judges tokens as EKS does, all on loopback. */
export function eksStage(): EksStage {
  let aws: Loopback;
  let api: Loopback;
  const opened: ReturnType<typeof eksCluster>[] = [];

  const startApi = () =>
    loopbackTls((request, response) => {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
      const stsHost = 'sts.eu-west-1.amazonaws.com';
      const authenticator = { clusterName: place.clusterName, stsHost, keys: stage.keys };
      const refused = stage.refuses(token) ?? refusalOf(token, authenticator, stage.now);
      stage.tokens.push({ token, refused });
      const known = request.url?.startsWith('/api/v1/namespaces/')
        ? '{"metadata":{"uid":"of-prod-eu"}}'
        : '{"kind":"Node"}';
      if (refused === undefined) response.end(known);
      else response.writeHead(401).end('{"kind":"Status","message":"Unauthorized","reason":"Unauthorized","code":401}');
    });

  const stage: EksStage = {
    now: new Date(),
    minutesPass: (minutes) => {
      stage.now = new Date(stage.now.getTime() + minutes * 60_000);
    },
    asked: [],
    describe: () => undefined,
    assume: () => ({ status: 500, body: '' }),
    keys: [],
    tokens: [],
    refuses: () => undefined,
    server: () => api.url,
    active: (endpoint = api.url, ca = readFileSync(tlsFile('ca.crt')).toString('base64')) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: recorded('describe-active.json').replace('ENDPOINT', endpoint).replace('"CA"', `"${ca}"`),
    }),
    open: (options = {}) => {
      const cluster = eksCluster({ ...place, version: '1.2.3', clock: { now: () => stage.now }, ...options });
      opened.push(cluster);
      return cluster;
    },
    async move() {
      await api[Symbol.asyncDispose]();
      api = await startApi();
    },
  };

  beforeEach(async () => {
    stage.now = new Date();
    stage.asked.length = 0;
    stage.tokens.length = 0;
    stage.keys = [ours, fixers];
    stage.refuses = () => undefined;
    stage.describe = () => stage.active();
    const hourFromNow = new Date(Date.now() + 3_600_000).toISOString();
    stage.assume = () => ({ status: 200, body: recorded('assume-role.xml').replace('EXPIRATION', hourFromNow) });
    api = await startApi();
    aws = await loopback((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const [, signer, scope] =
          /Credential=([^/]+)\/\d+\/([^,]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
        const role = new URLSearchParams(body).get('RoleArn');
        stage.asked.push(`${scope} ${request.method} ${role ?? request.url} by ${signer}`);
        const answer = role === null ? stage.describe() : stage.assume();
        if (answer) response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
      });
    });
    for (const [name, value] of Object.entries(environment(aws.url))) vi.stubEnv(name, value);
    haveKeys(ours);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    for (const cluster of opened.splice(0)) await cluster.close();
    await Promise.all([aws[Symbol.asyncDispose](), api[Symbol.asyncDispose]()]);
  });
  return stage;
}

/** The environment variables of the SDK's default chain: https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html */
export function haveKeys(keys: KnownKeys | undefined): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keys?.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', keys?.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', keys?.sessionToken);
}

function environment(aws: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL_EKS: aws,
    AWS_ENDPOINT_URL_STS: aws,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
  };
}
