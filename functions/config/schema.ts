import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Limits, PolicyRule } from './policy.ts';

/** In AWS Lambda. */
const SecretsManager = z.strictObject({
  secretsManager: z
    .string()
    .regex(
      /^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:\S+-\w{6}$/,
      'the whole ARN of a secret, such as arn:aws:secretsmanager:eu-west-1:111122223333:secret:nightshift/alerts-a1B2c3',
    )
    .meta({ description: 'ARN in AWS Secrets Manager' }),
  key: z.string().min(1).optional().meta({ description: 'Of a secret that is a JSON object: which member' }),
});

/** A web address, as everybody may read it: this file is shared, and in AWS it lies in the code of every function. */
function address(error: string, instead: string) {
  return z
    .url({ protocol: /^https?$/, error })
    .refine(
      (text) => {
        const url = URL.parse(text);
        return !url?.username && !url?.password;
      },
      { error: `has a user or a password in it, and no secret stands in this file: ${instead}` },
    )
    .refine((text) => !URL.parse(text)?.search, {
      error: `has a query in it, which may be a key, and no secret stands in this file: ${instead}`,
    });
}

/** A secret by reference: configuration files are shared and committed, secrets are not. */
const Secret = z.union(
  [
    z.strictObject({ env: z.string().min(1).meta({ description: 'Name of an environment variable' }) }),
    z.strictObject({ file: z.string().min(1).meta({ description: 'Path of a file; relative to this file' }) }),
    SecretsManager,
  ],
  {
    error:
      'a secret does not stand in this file: write { env: NAME }, the name of an environment variable, or { file: PATH }, a file that holds it (in AWS Lambda { secretsManager: ARN })',
  },
);
export type Secret = z.infer<typeof Secret>;

const Kubeconfig = z.strictObject({
  kubeconfig: z.union([z.string().min(1), SecretsManager], {
    error: 'the path of a kubeconfig (in AWS Lambda { secretsManager: ARN })',
  }),
  context: z.string().optional(),
});

const ServiceAccount = z.strictObject({
  serviceAccount: z.strictObject({
    server: address('the address of the API server, such as https://10.0.0.1:6443', 'the token is what it asks for'),
    certificateAuthority: z
      .base64('certificate-authority-data of a kubeconfig: a PEM file in base64')
      .optional()
      .meta({ description: 'As certificate-authority-data of a kubeconfig. Absent: a public authority has signed it' }),
    token: Secret.meta({
      description: 'Of a service account. In AWS Lambda it may be rotated; elsewhere it is read at the start',
    }),
  }),
});

const Role = z
  .string()
  .regex(
    /^arn:[\w-]+:iam::\d{12}:role\/\S+$/,
    'the ARN of a role, such as arn:aws:iam::111122223333:role/nightshift-reader',
  );

const Eks = z.strictObject({
  region: z.string().regex(/^[a-z]+(-[a-z]+)+-\d$/, 'an AWS region such as eu-west-1'),
  clusterName: z.string().regex(/^[0-9A-Za-z][\w-]{0,99}$/, 'the name of an EKS cluster, not its ARN'),
  roleArn: Role.optional().meta({ description: 'The role to assume. Absent: the AWS identity this process has' }),
});

const Kubernetes = z.union(
  [Kubeconfig, ServiceAccount, z.strictObject({ inCluster: z.literal(true) }), z.strictObject({ eks: Eks })],
  {
    error:
      'write { kubeconfig: PATH }, { serviceAccount: { server: …, token: … } }, { inCluster: true } inside a pod, or { eks: { region: …, clusterName: … } }',
  },
);

/** An EKS fixer has a role of its own: what may write is held by nobody before the role is assumed. */
const Fixer = z.union([Kubeconfig, ServiceAccount, z.strictObject({ eks: Eks.extend({ roleArn: Role }) })], {
  error:
    'write { kubeconfig: PATH }, { serviceAccount: { server: …, token: … } }, or { eks: { region: …, clusterName: …, roleArn: … } }',
});

const Kubelet = z.union(
  [
    z.strictObject({
      ca: z.literal('cluster').meta({
        description: 'The authority of the cluster signs them: kubelets with serverTLSBootstrap: true, as on EKS',
      }),
    }),
    z.strictObject({
      caFile: z
        .string()
        .min(1)
        .meta({ description: 'PEM file of the authority that signs them; relative to this file' }),
    }),
  ],
  {
    error:
      'write { ca: cluster } where the authority of the cluster signs the serving certificates of kubelets, or { caFile: PATH }: the token of the reader is never sent to a kubelet that cannot be verified',
  },
);

const Cluster = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,63}$/, 'letters, digits, dots, dashes; at most 63'),
  kubernetes: Kubernetes,
  prometheus: z
    .strictObject({
      url: address(
        'must be a web address such as http://prometheus.example:9090',
        'let Prometheus, or the proxy in front of it, take a token, and name it by bearerToken: { env: NAME }, { file: PATH }, or in AWS Lambda { secretsManager: ARN }',
      ),
      bearerToken: Secret.optional(),
    })
    .optional(),
  kubelet: Kubelet.optional().meta({
    description:
      'How the serving certificates of kubelets are verified, so that kubelets may be asked themselves (right: get nodes/stats). Absent: they are not asked',
  }),
  fixer: Fixer.optional().meta({
    description: 'Credentials that may change this cluster; without them Nightshift only looks',
  }),
  match: z.record(z.string(), z.string()).default({}).meta({
    description:
      'Alert labels that say "this cluster". One cluster alone needs none; of several that fit, the one with most labels counts',
  }),
});

/** `nightshift.yaml`. Everything is optional: without clusters the practice cluster, without Slack the console. */
export const Config = z.strictObject({
  clusters: z
    .array(Cluster)
    .default([])
    .superRefine((clusters, context) => {
      const names = clusters.map(({ name }) => name);
      clusters.forEach(({ name, match, kubernetes, fixer }, index) => {
        const complain = (path: PropertyKey[], message: string) =>
          context.addIssue({ code: 'custom', path: [index, ...path], message });
        if (names.indexOf(name) !== index) complain(['name'], `there is already a cluster ${name}; names must differ`);
        if (fixer && 'eks' in fixer && 'eks' in kubernetes && fixer.eks.roleArn === kubernetes.eks.roleArn) {
          complain(['fixer', 'eks', 'roleArn'], 'must be another role than the one that only looks');
        }
        if (clusters.length > 1 && Object.keys(match).length === 0) {
          complain(
            ['match'],
            'with several clusters each needs match: { LABEL: VALUE }, the alert labels that say "this cluster"',
          );
        }
        const twin = clusters.findIndex((other) => isDeepStrictEqual(other.match, match));
        if (twin < index && Object.keys(match).length > 0) {
          complain(
            ['match'],
            `the same as that of ${clusters[twin]?.name}: an alert would fit both; add a label that differs`,
          );
        }
      });
    }),
  alerts: z.strictObject({ token: Secret.optional() }).default({}),
  slack: z
    .strictObject({
      channel: z.string().regex(/^[CG][A-Z0-9]{2,}$/, 'a channel id such as C0123456789, not its name'),
      botToken: Secret,
      signingSecret: Secret,
      teamId: z
        .string()
        .regex(/^T[A-Z0-9]{2,}$/, 'a workspace id such as T0123456789')
        .optional()
        .meta({ description: 'The workspace the app is installed in. Absent: Slack is asked, once in each process' }),
      apiUrl: address('must be a web address', 'use a proxy that asks for none')
        .optional()
        .meta({ description: 'For a proxy in front of https://slack.com/api/' }),
    })
    .optional(),
  runbooks: z
    .strictObject({
      disabled: z.array(z.string().min(1)).default([]).meta({
        description: 'Ids of runbooks that answer no alert, cannot be asked for, and need no rights',
      }),
    })
    .prefault({}),
  policy: z.array(PolicyRule).default([]),
  limits: Limits.prefault({}),
});
export type Config = z.infer<typeof Config>;
export type ClusterConfig = Config['clusters'][number];

/** For editors: `# yaml-language-server: $schema=…`. */
export function configJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(Config, { io: 'input' }), title: 'nightshift.yaml' };
}
