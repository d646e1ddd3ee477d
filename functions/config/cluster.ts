import * as z from 'zod';
import { Prometheus } from './prometheus.ts';
import { address, Certificates, Secret, SecretsManager } from './secret.ts';

const Kubeconfig = z.strictObject({
  kubeconfig: z.union([z.string().min(1), SecretsManager], {
    error: 'the path of a kubeconfig (in AWS Lambda { secretsManager: ARN })',
  }),
  context: z.string().optional(),
});

const ServiceAccount = z.strictObject({
  serviceAccount: z.strictObject({
    server: address('the address of the API server, such as https://10.0.0.1:6443', 'the token is what it asks for'),
    certificateAuthority: Certificates.optional().meta({
      description: 'As certificate-authority-data of a kubeconfig. Absent: a public authority has signed it',
    }),
    token: Secret.meta({
      description: 'Of a service account. In AWS Lambda it may be rotated; elsewhere it is read at the start',
    }),
  }),
});

/** One role: with a `*` or a `?` in it IAM would grant whatever it fits. */
const Role = z
  .string()
  .regex(
    /^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'the ARN of one role, such as arn:aws:iam::111122223333:role/nightshift-reader',
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

export const Cluster = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,63}$/, 'letters, digits, dots, dashes; at most 63'),
  kubernetes: Kubernetes,
  prometheus: Prometheus.optional(),
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
