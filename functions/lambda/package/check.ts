import { ConfigError } from '../../config/error.ts';
import type { Config } from '../../config/schema.ts';
import type { Secret } from '../../config/secret.ts';
import { type FunctionName, functionNames, secretsOf } from '../needs.ts';
import { eksComplaints } from './eks.ts';
import { unreachable } from './reachable.ts';
import { roomComplaints } from './room.ts';

/**
 * Throws `ConfigError` with everything in a configuration that cannot work in AWS Lambda, and what to write instead:
 * when it is packaged, and not when the first alert comes.
 */
export function checkForLambda(config: Config, file: string): void {
  const { clusters, slack, alerts } = config;
  const complaints = [
    ...(clusters.length > 0 ? [] : ['clusters is missing: the practice cluster exists in the embedded server only']),
    ...(slack ? [] : ['slack is missing: the console that stands in for it exists in the embedded server only']),
    ...(alerts.token ? [] : ['alerts.token is missing: the function is open to the world']),
    ...clusters.flatMap(({ name, kubernetes }) =>
      'inCluster' in kubernetes ? [`clusters.${name}.kubernetes: inCluster works inside a pod only`] : [],
    ),
    ...clusters.flatMap(({ name, kubelet }) =>
      kubelet && 'caFile' in kubelet
        ? [`clusters.${name}.kubelet: there is no file beside the code of a function; { ca: cluster } works on EKS`]
        : [],
    ),
    ...slackComplaints(slack?.apiUrl),
    ...prometheusComplaints(config),
    ...secretComplaints(config),
    ...fixerComplaints(config),
    ...sharingComplaints(config),
    ...roleComplaints(config),
    ...eksComplaints(config),
    ...serverComplaints(config),
  ];
  // How much room they take can be told only of secrets that are where they belong.
  const told = complaints.length > 0 ? complaints : roomComplaints(config);
  if (told.length > 0) throw new ConfigError(told.map((words) => `${file}: ${words}`).join('\n'));
}

function prometheusComplaints({ clusters }: Config): readonly string[] {
  return clusters.flatMap(({ name, prometheus }) => {
    if (!prometheus) return [];
    const { url, bearerToken, basicAuth } = prometheus;
    const where = `clusters.${name}.prometheus.url`;
    const why = unreachable(url);
    const open = url.startsWith('http:') && (bearerToken ? 'token' : basicAuth && 'password');
    return [
      ...(open ? [`${where}: write https://: the ${open} would be readable on its way`] : []),
      ...(why === undefined
        ? []
        : [
            `${where}: ${url} ${why}: give the address that stands in front of Prometheus (infra/aws/README.md, Private clusters)`,
          ]),
    ];
  });
}

/** The bot's token travels there, and the answers to who may do what come from there. */
function slackComplaints(apiUrl: string | undefined): readonly string[] {
  if (apiUrl === undefined) return [];
  const why =
    unreachable(apiUrl) ?? (apiUrl.startsWith('https:') ? undefined : 'would carry the bot token unencrypted');
  return why === undefined
    ? []
    : [`slack.apiUrl: ${apiUrl} ${why}: give the https address of the proxy in front of Slack, or leave it out`];
}

/**
 * What changes clusters is for `remediate` alone, and IAM knows neither the members of a secret nor what a kubeconfig in it
 * may do: whoever reads one of its members reads all of them.
 */
function fixerComplaints(config: Config): readonly string[] {
  return config.clusters.flatMap(({ name, fixer }) => {
    if (!fixer) return [];
    const where = `clusters.${name}.fixer`;
    if ('eks' in fixer) {
      const reader = config.clusters.find((other) => roleOf(other.kubernetes) === fixer.eks.roleArn);
      return reader
        ? [
            `${where}.eks.roleArn: clusters.${reader.name}.kubernetes looks with the same role, so investigate could change clusters: give the fixer a role of its own`,
          ]
        : [];
    }
    const setting = 'kubeconfig' in fixer ? 'kubeconfig' : 'serviceAccount.token';
    const arn = arnOf('kubeconfig' in fixer ? fixer.kubeconfig : fixer.serviceAccount.token);
    const others = arn === undefined ? [] : readersOf(arn, config);
    return others.length === 0
      ? []
      : [
          `${where}.${setting}: the same secret is ${others.join(' and ')}, and whoever reads one member of a secret may read all of it: put what changes clusters into a secret of its own`,
        ];
  });
}

/** Settings of functions other than `remediate` that name this secret. */
function readersOf(arn: string, config: Config): readonly string[] {
  const others: readonly FunctionName[] = functionNames.filter((name) => name !== 'remediate');
  const needed = others.flatMap((name) => secretsOf(name, config));
  return [...new Set(needed.filter(({ secret }) => arnOf(secret) === arn).map(({ where }) => where))];
}

/** Without its region: a replica in another one is the same secret. */
function arnOf(secret: Secret | string): string | undefined {
  if (typeof secret === 'string' || !('secretsManager' in secret)) return undefined;
  return secret.secretsManager.replace(/^(arn:[^:]+:secretsmanager):[^:]+/, '$1');
}

/**
 * Settings that not the same functions read stand in secrets of their own, but for Slack's two: what `alerts` can read is
 * open to the world, and who reads the bot token can prove that somebody pressed (`functions/lambda/proof.ts`).
 */
function sharingComplaints(config: Config): readonly string[] {
  const settings = new Map<string, { readonly arn: string; readonly readers: Set<FunctionName> }>();
  for (const name of functionNames)
    for (const { where, secret } of secretsOf(name, config)) {
      const arn = arnOf(secret);
      if (arn === undefined || where.includes('.fixer.')) continue;
      const known = settings.get(where) ?? { arn, readers: new Set() };
      known.readers.add(name);
      settings.set(where, known);
    }
  return [...settings].flatMap(([where, { arn, readers }]) => {
    const others = [...settings].filter(([other, one]) => other !== where && one.arn === arn);
    const apart = others.filter(
      ([other, one]) => !(other.startsWith('slack.') && where.startsWith('slack.')) && !isSameSet(one.readers, readers),
    );
    return apart.length === 0
      ? []
      : [
          `${where}: the same secret is ${apart.map(([other]) => other).join(' and ')}, and whoever reads one member of a secret may read all of it: put it into a secret of its own`,
        ];
  });
}

function isSameSet<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return a.size === b.size && [...a].every((one) => b.has(one));
}

/** As `infra/aws/stack/roles.yml` names them. */
const ownRole = /:role\/nightshift-\S+-(alerts|slack|investigate|announce|remediate|tick)$/;

function roleComplaints({ clusters }: Config): readonly string[] {
  return clusters.flatMap(({ name, fixer }) => {
    const [, owner] = ownRole.exec((fixer && roleOf(fixer)) ?? '') ?? [];
    if (owner === undefined) return [];
    const why = owner === 'remediate' ? 'under which it only looks' : 'which could change clusters then';
    const words = `this is the role of the function ${owner}, ${why}: give the fixer a role of its own`;
    return [`clusters.${name}.fixer.eks.roleArn: ${words}`];
  });
}

function serverComplaints({ clusters }: Config): readonly string[] {
  return clusters.flatMap(({ name, kubernetes, fixer }) =>
    Object.entries({ kubernetes, fixer }).flatMap(([which, access]) => {
      if (!access || !('serviceAccount' in access)) return [];
      const { server } = access.serviceAccount;
      const where = `clusters.${name}.${which}.serviceAccount.server`;
      const why = unreachable(server);
      return [
        // A token that goes over the wire as it is, is everybody's.
        ...(server.startsWith('http:') ? [`${where}: write https://: the token would be readable on its way`] : []),
        ...(why === undefined
          ? []
          : [`${where}: ${server} ${why}: give the address that clients outside the cluster use`]),
      ];
    }),
  );
}

function roleOf(access: Config['clusters'][number]['kubernetes']): string | undefined {
  return 'eks' in access ? access.eks.roleArn : undefined;
}

/** What lies in a file would have to lie in the function's code, and an environment variable stands in its settings. */
function secretComplaints(config: Config): readonly string[] {
  const needed = functionNames.flatMap((name) => secretsOf(name, config));
  const elsewhere = needed.filter(({ secret }) => !('secretsManager' in secret)).map(({ where }) => where);
  return [...new Set(elsewhere)].map(
    (where) => `${where}: put it into AWS Secrets Manager, and write { secretsManager: ARN }`,
  );
}
