import * as z from 'zod';
import type { JsonObject } from '../../../../engine/action.ts';
import { canonicalJson } from '../../../../engine/change.ts';
import { latest, writesToWorkload } from '../deeds.ts';
import type { Facts } from '../facts.ts';
import { pick, suffixOf } from '../identity.ts';
import { firstTemplate, formerTemplate } from '../kubernetes/template.ts';
import { rolledOutAt, templateHash } from '../naming.ts';
import type { Workload } from '../workloads.ts';

/** A pod template that a workload has had, and the name its pods and ReplicaSet get from it. */
export interface Revision {
  readonly hash: string;
  readonly template: JsonObject;
  /** Of its pods; and of its first container. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly image: string | undefined;
  /** Since when it was wanted, for the first time and for the latest. */
  readonly firstAt: number;
  readonly wantedAt: number;
  /** `deployment.kubernetes.io/revision`, and the numbers it had before. Going back to a template renumbers it. */
  readonly number: number;
  readonly formerNumbers: readonly number[];
}

const Strings = z.record(z.string(), z.string()).default({});
const Template = z.object({
  metadata: z.object({ labels: Strings, annotations: Strings }).prefault({}),
  spec: z.object({ containers: z.array(z.object({ image: z.string().optional() })) }),
});

const known = new WeakMap<Facts, Map<Workload, readonly Revision[]>>();

/** All of them, the present one last. */
export function revisionsOf(facts: Facts, workload: Workload): readonly Revision[] {
  const ofFacts = known.get(facts) ?? new Map<Workload, readonly Revision[]>();
  const revisions = ofFacts.get(workload) ?? workedOut(facts, workload);
  ofFacts.set(workload, revisions);
  known.set(facts, ofFacts);
  return revisions;
}

function workedOut(facts: Facts, workload: Workload): readonly Revision[] {
  const rolledOut = rolledOutAt(facts, workload);
  const former = formerTemplate(workload);
  const beginnings = [
    ...(former ? [{ template: former, hash: formerHash(workload), at: facts.bornAt + 600 }] : []),
    { template: firstTemplate(workload), hash: templateHash(workload), at: rolledOut },
  ];
  const written = templateWrites(facts, workload).map(({ template, at }) => ({ template, at, hash: undefined }));
  return [...beginnings, ...written].reduce<readonly Revision[]>(wanted, []);
}

/** What its first pods were made from. */
export function firstRevision(facts: Facts, workload: Workload): Revision {
  const hash = templateHash(workload);
  const first = revisionsOf(facts, workload).find((revision) => revision.hash === hash);
  if (!first) throw new Error(`${workload.kind} ${workload.name} began without a template`);
  return first;
}

export function revisionAt(facts: Facts, workload: Workload, at: number): Revision {
  const wanted = templateWrites(facts, workload).findLast((write) => write.at <= at);
  const text = wanted && canonicalJson(wanted.template);
  const revision = revisionsOf(facts, workload).find(({ template }) => canonicalJson(template) === text);
  return revision ?? firstRevision(facts, workload);
}

/** One more template is wanted: a new revision, or an earlier one again. */
function wanted(
  all: readonly Revision[],
  { template, hash, at }: { readonly template: JsonObject; readonly hash: string | undefined; readonly at: number },
): readonly Revision[] {
  const number = Math.max(0, ...all.map((each) => each.number)) + 1;
  const again = all.find((each) => canonicalJson(each.template) === canonicalJson(template));
  if (again && again === all.at(-1)) return all;
  if (again) {
    const formerNumbers = [...again.formerNumbers, again.number];
    return [...all.filter((each) => each !== again), { ...again, wantedAt: at, number, formerNumbers }];
  }
  const { metadata, spec } = Template.parse(template);
  const parts = { ...metadata, image: spec.containers[0]?.image };
  const name = hash ?? hashOf(template);
  return [...all, { hash: name, template, ...parts, firstAt: at, wantedAt: at, number, formerNumbers: [] }];
}

function templateWrites(facts: Facts, workload: Workload): { readonly template: JsonObject; readonly at: number }[] {
  return writesToWorkload(facts, workload).flatMap(({ template, at }) => (template ? [{ template, at }] : []));
}

/** Whether its rollout stands still at that moment. */
export function isPaused(facts: Facts, workload: Workload, at: number): boolean {
  return latest(writesToWorkload(facts, workload), 'paused', at) ?? false;
}

function formerHash({ namespace, name }: Workload): string {
  return suffixOf(pick(10_000_000, 'former', namespace, name)) + suffixOf(pick(10_000_000, 'former', name));
}

function hashOf(template: JsonObject): string {
  const text = canonicalJson(template);
  return suffixOf(pick(10_000_000, text)) + suffixOf(pick(10_000_000, 'half', text));
}
