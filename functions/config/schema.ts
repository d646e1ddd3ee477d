import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Cluster } from './cluster.ts';
import { Limits, PolicyRule } from './policy.ts';
import { isSamePrometheus } from './prometheus.ts';
import { address, Secret } from './secret.ts';

/** `nightshift.yaml`. Everything is optional: without clusters the practice cluster, without Slack the console. */
export const Config = z.strictObject({
  clusters: z
    .array(Cluster)
    .default([])
    .superRefine((clusters, context) => {
      const names = clusters.map(({ name }) => name);
      clusters.forEach(({ name, match, kubernetes, fixer, prometheus }, index) => {
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
        const sharer =
          prometheus && clusters.slice(0, index).find((other) => isSamePrometheus(other.prometheus, prometheus));
        if (sharer) {
          complain(
            ['prometheus', 'url'],
            `the same Prometheus as that of ${sharer.name}, asked in the same way: its figures of both clusters would be taken for those of one. Give each an address of its own (prom-label-proxy in front of it adds a matcher for the cluster), or its tenant in headers`,
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
