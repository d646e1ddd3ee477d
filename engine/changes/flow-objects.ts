import * as z from 'zod';
import type { JsonObject } from '../action.ts';
import type { FlowSubject } from '../change.ts';
import { PLAN_ANNOTATION } from './annotate.ts';
import { Meta } from './objects.ts';

/** The subjects are alternatives by `kind`; another kind's fields are absent. */
const Subject = z.object({
  kind: z.string(),
  user: z.object({ name: z.string() }).optional(),
  group: z.object({ name: z.string() }).optional(),
  serviceAccount: z.object({ namespace: z.string(), name: z.string() }).optional(),
});
type Subject = z.infer<typeof Subject>;

export const FlowSchema = z.object({
  metadata: Meta,
  spec: z.object({
    matchingPrecedence: z.number().default(1000),
    priorityLevelConfiguration: z.object({ name: z.string() }),
    rules: z
      .array(
        z.object({
          subjects: z.array(Subject).default([]),
          resourceRules: z
            .array(
              z.object({
                verbs: z.array(z.string()),
                apiGroups: z.array(z.string()),
                resources: z.array(z.string()),
                namespaces: z.array(z.string()).default(['*']),
              }),
            )
            .default([]),
        }),
      )
      .default([]),
  }),
});
export type FlowSchema = z.infer<typeof FlowSchema>;

export const PriorityLevel = z.object({
  metadata: Meta,
  spec: z.object({
    limited: z.object({ nominalConcurrencyShares: z.number().optional() }).optional(),
    exempt: z.object({ nominalConcurrencyShares: z.number().optional() }).optional(),
  }),
});
export type PriorityLevel = z.infer<typeof PriorityLevel>;

/**
 * After the flow schemas Kubernetes brings for itself (leader election 100 to 200, nodes 500, control plane 800,
 * kube-system 900), before those for everybody (service-accounts 9000, global-default 9900).
 * https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults
 */
export const PRECEDENCE = 1000;

/** As the API server names it; ours begin with `nightshift-`. */
export function flowName(flow: string): string {
  return flow.startsWith('nightshift-') ? flow : `nightshift-${flow}`;
}

/** One client, one queue of 50 requests: what is more is refused with 429. It may not borrow the seats of others. */
export function levelBody(name: string, plan: string, shares: number): JsonObject {
  const limitResponse = { type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 50 } };
  const limited = { nominalConcurrencyShares: shares, borrowingLimitPercent: 0, limitResponse };
  return { metadata: metadataOf(name, plan), spec: { type: 'Limited', limited } };
}

/** Everything the client asks for, whatever it is. */
export function schemaBody(name: string, plan: string, subject: FlowSubject): JsonObject {
  const all = ['*'];
  const rule = {
    subjects: [subjectBody(subject)],
    resourceRules: [{ verbs: all, apiGroups: all, resources: all, clusterScope: true, namespaces: all }],
    nonResourceRules: [{ verbs: all, nonResourceURLs: all }],
  };
  return {
    metadata: metadataOf(name, plan),
    spec: {
      priorityLevelConfiguration: { name },
      matchingPrecedence: PRECEDENCE,
      distinguisherMethod: { type: 'ByUser' },
      rules: [rule],
    },
  };
}

function metadataOf(name: string, plan: string): JsonObject {
  return { name, annotations: { [PLAN_ANNOTATION]: plan } };
}

function subjectBody(subject: FlowSubject): JsonObject {
  return subject.kind === 'User'
    ? { kind: 'User', user: { name: subject.name } }
    : { kind: 'ServiceAccount', serviceAccount: { namespace: subject.namespace, name: subject.name } };
}

export function isOurs({ metadata }: FlowSchema | PriorityLevel): boolean {
  return PLAN_ANNOTATION in metadata.annotations;
}

export function sharesOf({ spec }: PriorityLevel): number {
  return spec.limited?.nominalConcurrencyShares ?? spec.exempt?.nominalConcurrencyShares ?? 0;
}

/** Whose flow it is; `undefined` where it is not of the form we write. */
export function subjectOf({ spec }: FlowSchema): FlowSubject | undefined {
  const [subject, ...more] = spec.rules.flatMap(({ subjects }) => subjects);
  if (more.length > 0) return undefined;
  if (subject?.user) return { kind: 'User', name: subject.user.name };
  return subject?.serviceAccount && { kind: 'ServiceAccount', ...subject.serviceAccount };
}

/** Whether this schema takes every request for objects that the subject makes. */
export function takesAll({ spec }: FlowSchema, subject: FlowSubject): boolean {
  const any = (values: readonly string[]) => values.includes('*');
  return spec.rules.some(
    ({ subjects, resourceRules }) =>
      subjects.some((one) => isMeant(one, subject)) &&
      resourceRules.some((rule) => [rule.verbs, rule.apiGroups, rule.resources, rule.namespaces].every(any)),
  );
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** A ServiceAccount is also a user, and both are in groups: https://kubernetes.io/docs/reference/access-authn-authz/authentication/ */
function isMeant({ user, group, serviceAccount }: Subject, subject: FlowSubject): boolean {
  const [, namespace, name] =
    subject.kind === 'User' ? (ACCOUNT.exec(subject.name) ?? []) : ['', subject.namespace, subject.name];
  const own = subject.kind === 'User' ? subject.name : `system:serviceaccount:${namespace}:${name}`;
  const groups = [
    'system:authenticated',
    ...(namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]),
  ];
  if (user) return user.name === '*' || user.name === own;
  if (group) return group.name === '*' || groups.includes(group.name);
  return (
    serviceAccount !== undefined &&
    serviceAccount.namespace === namespace &&
    (serviceAccount.name === '*' || serviceAccount.name === name)
  );
}
