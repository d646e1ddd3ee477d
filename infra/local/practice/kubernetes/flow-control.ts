import type { JsonObject } from '../../../../engine/action.ts';
import { deedsOf, type Made } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { uid } from '../identity.ts';
import { managedBy } from './managed-fields.ts';
import { type KubeObject, meta, time } from './values.ts';

export const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io';
const API_VERSION = `${FLOW_CONTROL}/v1`;
/** The API server sees that a FlowSchema's level is missing, or there, so long after (measured: within a second). */
const DIGESTED_AFTER_SECONDS = 0.5;

/** Shares, lendable percent, then queues, hand size and queue length of those that queue. */
const levels: Readonly<Record<string, readonly [number, number, (readonly [number, number, number])?]>> = {
  'catch-all': [5, 0],
  'global-default': [20, 50, [128, 6, 50]],
  'leader-election': [10, 0, [16, 4, 50]],
  'node-high': [40, 25, [64, 6, 50]],
  system: [30, 33, [64, 6, 50]],
  'workload-high': [40, 50, [128, 6, 50]],
  'workload-low': [100, 90, [128, 6, 50]],
};

/** Precedence, level, and whose requests: a group, or a user. */
const flows: Readonly<Record<string, readonly [number, string, string]>> = {
  'catch-all': [10_000, 'catch-all', 'group:system:unauthenticated'],
  'endpoint-controller': [150, 'workload-high', 'user:system:kube-controller-manager'],
  exempt: [1, 'exempt', 'group:system:masters'],
  'global-default': [9_900, 'global-default', 'group:system:authenticated'],
  'kube-controller-manager': [800, 'workload-high', 'user:system:kube-controller-manager'],
  'kube-scheduler': [800, 'workload-high', 'user:system:kube-scheduler'],
  'kube-system-service-accounts': [900, 'workload-high', 'group:system:serviceaccounts:kube-system'],
  probes: [2, 'exempt', 'group:system:unauthenticated'],
  'service-accounts': [9_000, 'workload-low', 'group:system:serviceaccounts'],
  'system-leader-election': [100, 'leader-election', 'user:system:kube-controller-manager'],
  'system-node-high': [400, 'node-high', 'group:system:nodes'],
  'system-nodes': [500, 'system', 'group:system:nodes'],
  'workload-leader-election': [200, 'leader-election', 'group:system:serviceaccounts:kube-system'],
};

/** Those every API server has (k8s.io/apiserver, flowcontrol/bootstrap/default.go), and those that were made since. */
export function* flowSchemas(facts: Facts, now: number): Generator<KubeObject> {
  const created = madeOf(facts, 'FlowSchema');
  for (const [name, [matchingPrecedence, level, whose]] of Object.entries(flows)) {
    const spec = {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence,
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: [subject(whose)], resourceRules: [everything], nonResourceRules: [everyUrl] }],
    };
    yield flowObject(facts, 'FlowSchema', name, spec, dangling(facts, level, facts.bornAt, now));
  }
  for (const deed of created) {
    const level = levelOf(deed);
    yield madeObject(deed, now, dangling(facts, level, deed.at, now));
  }
}

export function* priorityLevels(facts: Facts, now: number): Generator<KubeObject> {
  const exempt = { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } };
  yield flowObject(facts, 'PriorityLevelConfiguration', 'exempt', exempt, {});
  for (const [name, [nominalConcurrencyShares, lendablePercent, queuing]] of Object.entries(levels)) {
    const [queues, handSize, queueLengthLimit] = queuing ?? [];
    const limitResponse = queuing
      ? { type: 'Queue', queuing: { queues, handSize, queueLengthLimit } }
      : { type: 'Reject' };
    const spec = { type: 'Limited', limited: { nominalConcurrencyShares, lendablePercent, limitResponse } };
    yield flowObject(facts, 'PriorityLevelConfiguration', name, spec, {});
  }
  for (const deed of madeOf(facts, 'PriorityLevelConfiguration')) yield madeObject(deed, now, {});
}

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] };
const everyUrl = { verbs: ['*'], nonResourceURLs: ['*'] };

function subject(whose: string): object {
  const [, kind, name] = /^(group|user):(.+)$/.exec(whose) ?? [];
  return kind === 'group' ? { kind: 'Group', group: { name } } : { kind: 'User', user: { name } };
}

/** Created and not removed since. */
function madeOf(facts: Facts, kind: string): readonly Made[] {
  return deedsOf(facts).filter((deed): deed is Made => {
    if (deed.did !== 'create' || deed.about.kind !== kind) return false;
    const { name } = deed.about;
    return !deedsOf(facts).some(
      (later) => later.did === 'remove' && later.about.kind === kind && later.about.name === name && later.at > deed.at,
    );
  });
}

function levelOf({ object }: Made): string {
  const { spec } = object as { readonly spec?: { readonly priorityLevelConfiguration?: { readonly name?: string } } };
  return spec?.priorityLevelConfiguration?.name ?? '';
}

/** Whether the FlowSchema's level is there, as the API server has found out by now. */
function dangling(facts: Facts, level: string, since: number, now: number): object {
  const made = madeOf(facts, 'PriorityLevelConfiguration').find(({ about }) => about.name === level);
  const known = level === 'exempt' || levels[level] !== undefined;
  const foundAt = known ? since : made && Math.max(since, made.at);
  const there = foundAt !== undefined && now >= foundAt + DIGESTED_AFTER_SECONDS;
  if (!there && now < since + DIGESTED_AFTER_SECONDS) return {};
  const words = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  const condition = {
    type: 'Dangling',
    status: there ? 'False' : 'True',
    lastTransitionTime: time((there ? (foundAt ?? since) : since) + DIGESTED_AFTER_SECONDS),
    reason: there ? 'Found' : 'NotFound',
    message: there ? `${words} and it exists` : `${words} but there is no such object`,
  };
  return { conditions: [condition] };
}

function flowObject({ bornAt }: Facts, kind: string, name: string, spec: object, status: object): KubeObject {
  const createdAt = bornAt + 30;
  const by = { manager: 'api-priority-and-fairness-config-producer-v1', apiVersion: API_VERSION, at: createdAt };
  const metadata = meta(
    { kind, name, createdAt },
    { generation: 1, managedFields: managedBy({ ...by, wrote: { spec } }) },
  );
  return { metadata, spec, status };
}

/** What somebody created, as the API server keeps it. */
export function madeObject({ about, at, by, object }: Made, now: number, status: object): KubeObject {
  const { metadata = {}, spec = {} } = object as { readonly metadata?: object; readonly spec?: JsonObject };
  const wrote = { ...(Object.keys(metadata).length > 0 ? { metadata } : {}), spec };
  const changedAt = now >= at + DIGESTED_AFTER_SECONDS && 'conditions' in status ? at + DIGESTED_AFTER_SECONDS : at;
  return {
    metadata: meta(
      { kind: about.kind, name: about.name, uid: uid(about.kind, about.name, String(at)), createdAt: at, changedAt },
      {
        generation: 1,
        ...metadata,
        managedFields: managedBy({ manager: by, apiVersion: API_VERSION, at, wrote }),
      },
    ),
    spec,
    status,
  };
}
