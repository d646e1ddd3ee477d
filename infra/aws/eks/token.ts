import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/** What one AWS identity signs with. Temporary keys have a session token and an expiration. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface EksTokenOptions {
  readonly clusterName: string;
  readonly region: string;
  /** The regional endpoint of the security token service: `sts.eu-west-1.amazonaws.com`. */
  readonly stsHost: string;
  readonly keys: AwsKeys;
  readonly now: Date;
}

/** Authenticators up to 0.3.0 take no more; newer ones, and the token service itself, ignore it. */
const EXPIRES_SECONDS = 60;
const CLUSTER_HEADER = 'x-k8s-aws-id';

/**
 * What an EKS cluster knows us by: a presigned `GetCallerIdentity` that the cluster's authenticator sends to the token
 * service, which answers who signed it. The name of the cluster is a signed header, so that the token is good for no
 * other. It is honoured for 15 minutes from its signing, whatever it says about its expiry:
 * https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/0221afb8e2a5d14a20a93473edc4c2aa7676ce95/pkg/token/token.go
 */
export async function eksToken({ clusterName, region, stsHost, keys, now }: EksTokenOptions): Promise<string> {
  const signer = new SignatureV4({ service: 'sts', region, credentials: keys, sha256: Sha256 });
  const request = {
    method: 'GET',
    protocol: 'https:',
    hostname: stsHost,
    path: '/',
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
    headers: { host: stsHost, [CLUSTER_HEADER]: clusterName },
  };
  const { query = {} } = await signer.presign(request, { expiresIn: EXPIRES_SECONDS, signingDate: now });
  const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `k8s-aws-v1.${Buffer.from(`https://${stsHost}/?${parameters.join('&')}`).toString('base64url')}`;
}
