import { DescribeClusterCommand, EKSClient, type EKSClientConfig } from '@aws-sdk/client-eks';
import * as z from 'zod';
import type { Clock } from '../../../engine/ports.ts';
import type { Tokens } from '../../kubernetes/credentials.ts';
import { clientSettings } from '../settings.ts';
import { describeFailure, keysFailure, notThere, unlikeEks } from './failures.ts';
import { type AwsKeys, eksToken } from './token.ts';

/** One EKS cluster, and as whom. */
export interface EksPlace {
  readonly region: string;
  readonly clusterName: string;
  /** The role to assume. Without one: the identity this process has, from the SDK's default chain. */
  readonly roleArn?: string;
}

/** Where its API server is. */
export interface EksEndpoint {
  readonly server: string;
  /** The certificate authority: a PEM text in base64. */
  readonly caData: string;
}

export interface EksAccess {
  readonly tokens: Tokens;
  /** Asks EKS. Throws `ReadFailure` with what to do. */
  describe(): Promise<EksEndpoint>;
  close(): void;
}

/** Twice these is the longest a question to AWS takes; a read has 20 s for everything. */
const limits = clientSettings({}, { connectMs: 1_000, answerMs: 3_000, silenceMs: 3_000, attempts: 2 });

/** Tokens are honoured for 15 minutes, and by the clock of AWS: renewed well before. */
const RENEW_AFTER_MS = 13 * 60_000;
/**
 * A token dies with the keys that signed it, however young it is:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator/pull/724
 */
const KEYS_CUSHION_MS = 60_000;

/** As far as we use it: https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeCluster.html */
const Described = z.object({
  cluster: z.object({
    status: z.string(),
    endpoint: z.url().nullish(),
    certificateAuthority: z.object({ data: z.string().nullish() }).nullish(),
  }),
});

export function eksAccess(place: EksPlace, clock: Clock): EksAccess {
  const { region, clusterName, roleArn } = place;
  const credentials = roleArn === undefined ? {} : { credentials: assuming(roleArn, region) };
  const eks = new EKSClient({ region, ...limits, ...credentials });

  /** Kept by the SDK until they are about to expire. */
  async function keys(forceRefresh = false): Promise<AwsKeys> {
    try {
      return await eks.config.credentials({ forceRefresh });
    } catch (thrown) {
      throw keysFailure(thrown, place);
    }
  }

  return {
    tokens: tokensOf(place, stsHostOf(eks, region), keys, clock),
    async describe() {
      await keys();
      const described = await eks.send(new DescribeClusterCommand({ name: clusterName })).catch((thrown: unknown) => {
        throw describeFailure(thrown, place);
      });
      const parsed = Described.safeParse(described);
      if (!parsed.success) throw unlikeEks(parsed.error, place);
      const { status, endpoint, certificateAuthority } = parsed.data.cluster;
      if (!endpoint || !certificateAuthority?.data) throw notThere(status, place);
      return { server: endpoint, caData: certificateAuthority.data };
    },
    close: () => eks.destroy(),
  };
}

function tokensOf(place: EksPlace, stsHost: string, keys: (anew: boolean) => Promise<AwsKeys>, clock: Clock): Tokens {
  let last: { readonly token: string; readonly madeAtMs: number; readonly goodUntilMs: number } | undefined;
  let refused = false;
  return {
    what: `the token of ${whoIs(place)}`,
    async token() {
      const now = clock.now();
      // One from the future was made before the clock was put right.
      if (last && last.madeAtMs <= now.getTime() && now.getTime() < last.goodUntilMs) return last.token;
      const signing = await keys(refused);
      refused = false;
      const token = await eksToken({ ...place, stsHost, keys: signing, now });
      const keysEndMs = signing.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      const goodUntilMs = Math.min(now.getTime() + RENEW_AFTER_MS, keysEndMs - KEYS_CUSHION_MS);
      last = { token, madeAtMs: now.getTime(), goodUntilMs };
      return token;
    },
    forget() {
      last = undefined;
      refused = true;
    },
  };
}

export function whoIs({ roleArn }: EksPlace): string {
  return roleArn ?? 'the AWS identity of this process';
}

/** The security token service of the same region, in the same partition (`amazonaws.com`, `amazonaws.com.cn`, …). */
function stsHostOf({ config }: EKSClient, region: string): string {
  return config.endpointProvider({ Region: region }).url.hostname.replace(/^eks\./, 'sts.');
}

/** Loads what speaks to the token service only when a role is assumed. */
function assuming(roleArn: string, region: string): NonNullable<EKSClientConfig['credentials']> {
  const load = async () => {
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const params = { RoleArn: roleArn, RoleSessionName: 'nightshift' };
    return fromTemporaryCredentials({ params, clientConfig: { region, ...limits } });
  };
  let provider: ReturnType<typeof load> | undefined;
  return async (caller) => {
    provider ??= load();
    return (await provider)(caller);
  };
}
