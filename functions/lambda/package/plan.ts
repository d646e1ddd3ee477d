import type { Grants } from '../../../infra/aws/package/grants.ts';
import type { Config } from '../../config/schema.ts';
import { inSecretsManager } from '../house.ts';
import { type FunctionName, needs, secretsOf } from '../needs.ts';

/** Bolt's other ways in. https://github.com/slackapi/bolt-js/tree/main/src/receivers */
const otherReceivers = ['express', '@slack/socket-mode', '@slack/oauth', 'raw-body'];
/** Functions are given their keys (see `environment.ts`); what looks for keys elsewhere is a sixth of an AWS client. */
const lookingForKeys = '@aws-sdk/credential-provider-node';
/** With EKS that stays, for the keys in the environment; not where else it would look. Roles are assumed by a client of their own. */
const otherPlacesOfKeys = [
  '@smithy/credential-provider-imds',
  '@aws-sdk/token-providers',
  ...['cognito-identity', 'http', 'ini', 'login', 'process', 'sso', 'web-identity'].map(
    (place) => `@aws-sdk/credential-provider-${place}`,
  ),
];
const assumingRoles = '@aws-sdk/credential-providers';
const writer = 'infra/kubernetes/writer.ts';
const eks = 'infra/aws/eks/cluster.ts';

const olderAuth = 'node_modules/@kubernetes/client-node/dist';
/** What functions import only when they need it: S3's client, and ways into a cluster that kubectl has given up. */
export const rare: readonly string[] = [
  'infra/aws/blobs/bucket.ts',
  ...['oidc_auth', 'gcp_auth', 'azure_auth'].map((name) => `${olderAuth}/${name}.js`),
];

/** What stays out of a function's bundle although the code names it. */
export function leftOutOf(name: FunctionName, config: Config): readonly string[] {
  const places = eksPlaces(name, config);
  return [
    ...(name === 'slack' ? otherReceivers : []),
    ...(places.length > 0 ? otherPlacesOfKeys : [lookingForKeys, eks]),
    ...(places.some(({ roleArn }) => roleArn !== undefined) ? [] : [assumingRoles]),
    ...(name === 'remediate' ? [] : [writer]),
    ...(needs[name].store ? [] : ['@aws-sdk/client-dynamodb', '@aws-sdk/client-s3']),
  ];
}

/** What a function may do because the configuration names it. Only `remediate` gets at what may change a cluster. */
export function grantsOf(name: FunctionName, config: Config): Grants {
  const secrets = secretsOf(name, config).map(({ where, secret }) => inSecretsManager(secret, where).arn);
  const places = eksPlaces(name, config);
  return {
    secrets,
    // A role that is assumed finds its cluster by itself.
    eksClusters: places.filter(({ roleArn }) => roleArn === undefined),
    roles: places.flatMap(({ roleArn }) => roleArn ?? []),
  };
}

/** The EKS clusters that a function goes to, by the way that is configured for it. */
function eksPlaces(name: FunctionName, { clusters }: Config) {
  const readers = name === 'investigate' || name === 'remediate' ? clusters.map(({ kubernetes }) => kubernetes) : [];
  const fixers = name === 'remediate' ? clusters.flatMap(({ fixer }) => fixer ?? []) : [];
  return [...readers, ...fixers].flatMap((access) => ('eks' in access ? [access.eks] : []));
}

/** Numbers in serverless.yml that depend on the configuration. */
export function stackFacts({ policy }: Config) {
  const longestMinutes = Math.max(30, ...policy.map(({ expiresAfterMinutes }) => expiresAfterMinutes));
  return {
    /** That nobody approved in time is a message that waits in the queue until then; ten minutes later it is late. */
    remediateOldestSeconds: (longestMinutes + 10) * 60,
  };
}
