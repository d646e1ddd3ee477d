import type { JudgeContext, ManualRemedy, ManualStep } from '../../engine/runbook.ts';
import { confirmed, inconclusive, ruledOut, type Verdict } from '../../engine/verdict.ts';
import { viewOf } from '../evidence/views.ts';
import type { Maybe } from './facts.ts';
import { leading, type Member, nameOf, namesakeOf, podOf } from './members.ts';
import type { Peer, Seen } from './seen.ts';
import { ofStrangers, scrapedOf, strangersIn } from './strangers.ts';
import type { EtcdTarget } from './target.ts';
import { listed } from './words.ts';

type Members = readonly Member[];

/** The etcds of one scrape job, and members of which it is not known to which of them they belong. */
interface Etcds {
  readonly etcds: readonly Members[];
  readonly rest: Members;
}

/**
 * The etcds among the members of one scrape job, by who has figures of whom: kOps, for one, keeps the events in an etcd of
 * their own. A member that is linked to nobody is an etcd by itself only while it answers and sees a leader; else it may
 * belong to any. Undefined: one etcd, or nothing that tells them apart.
 */
function severalEtcds({ members = [], peers }: Pick<Maybe, 'members' | 'peers'>): Etcds | undefined {
  // Two without an id may be linked with each other, and nobody would know.
  const isNamed = members.filter(({ id }) => id === undefined).length <= 1;
  if (members.length < 2 || peers === undefined || !isNamed) return undefined;
  const isLinked = (group: Members) =>
    group.some(({ instance, id }) => peers.some((row) => row.instance === instance || row.To === id));
  const stands = (group: Members) => group.some(({ up, hasLeader, leads }) => up === 1 && (hasLeader ?? leads) === 1);
  const groups = linked(members, peers);
  const etcds = groups.filter((group) => isLinked(group) || stands(group));
  const rest = groups
    .filter((group) => !etcds.includes(group))
    .flatMap((group) => group.filter(({ id, up }) => id !== undefined && up === 0));
  const [first] = etcds;
  const isOne = first === undefined || (etcds.length === 1 && (isLinked(first) || rest.length === 0));
  return isOne ? undefined : { etcds, rest };
}

/** Members that have to do with each other, directly or through others, also through one that is not scraped. */
function linked(members: Members, peers: readonly Peer[]): readonly Members[] {
  const idOf = new Map(members.map(({ instance, id }) => [instance, id ?? instance]));
  const groupOf = new Map<string, Set<string>>();
  const of = (id: string) => groupOf.get(id) ?? new Set([id]);
  for (const { instance, To } of peers) {
    const both = new Set([...of(idOf.get(instance) ?? instance), ...of(To)]);
    for (const id of both) groupOf.set(id, both);
  }
  return [...Map.groupBy(members, ({ instance, id }) => [...of(id ?? instance)].sort().join()).values()];
}

type Judge = (seen: Seen, maybe: Maybe, context: JudgeContext<EtcdTarget>) => Verdict;

/** Judges each etcd of the job for itself: what one does says nothing of another. */
export function each(judge: Judge): Judge {
  return (seen, maybe, context) => {
    const several = severalEtcds(maybe);
    if (several === undefined) {
      const ofAll: Judge = (...of) => unlessApart(judge(...of), of[1]);
      return foreign(maybe.members, maybe) ?? asSeen(ofAll, scrapedOf(maybe), maybe)(seen, maybe, context);
    }
    const { etcds, rest } = several;
    const names = (members: Members) => listed(members.map((member) => nameOf(member, maybe.pods)));
    const missing: unknown[] = [];
    const verdicts = etcds.flatMap((members): Verdict[] => {
      const elsewhere = foreign(members, maybe);
      if (elsewhere !== undefined) return [elsewhere];
      try {
        const ofOne = asSeen(judge, members, maybe);
        const { verdict, reason } = ofOne(only(members, seen), only(members, maybe), context);
        return [{ verdict, reason: `${names(members)}: ${reason}` }];
      } catch (thrown) {
        missing.push(thrown);
        return [];
      }
    });
    const lone = `${names(rest)}: to which etcd it belongs is not known`;
    const said = together([...verdicts, ...(rest.length > 0 ? [inconclusive(lone)] : [])]);
    // Evidence that one of them lacks leaves it open, and does not hide what was found of another.
    if (missing.length > 0 && said.verdict !== 'confirmed') throw missing[0];
    return said;
  };
}

/** Several clusters may have one Prometheus, and machines and pods of the same names: what is not of here is judged there. */
function foreign(members: Members = [], maybe: Maybe): Verdict | undefined {
  if (members.length === 0 || members.some(({ pod }) => pod === undefined)) return undefined;
  const { pods } = maybe;
  const [namesake, ...others] = members.map((member) => namesakeOf(member, pods));
  if (namesake === undefined || others.includes(undefined)) return undefined;
  return inconclusive(
    `the figures are of another cluster: Prometheus tells of ${namesake.name} at ${members[0]?.instance}, and here it is at ${listed(namesake.addresses)}`,
  );
}

/** Judges all etcds of the job together, unless they are of another cluster. */
export function ofHere(judge: Judge): Judge {
  return (seen, maybe, context) =>
    foreign(maybe.members, maybe) ?? asSeen(judge, scrapedOf(maybe), maybe)(seen, maybe, context);
}

/** Judges an etcd that is not known to be the control plane's by its own metrics. Whose it is the pods of all tell. */
function asSeen(judge: Judge, members: Members, all: Maybe): Judge {
  return (seen, maybe, context) => {
    const whose = strangersIn(members, all, context.target.job);
    if (whose === undefined) return judge(seen, maybe, context);
    const { refused: _, ...rest } = context;
    const { verdict, reason } = judge(ofStrangers(members, seen), ofStrangers(members, maybe), rest);
    return { verdict, reason: `${whose}: ${reason}` };
  };
}

/**
 * Where nobody tells who is linked with whom, members that do not agree on a leader may be of two etcds: unless the API
 * server's check passes, for which each of its etcds must have a quorum.
 */
function unlessApart(verdict: Verdict, { members = [], peers, readyz }: Maybe): Verdict {
  if (verdict.verdict !== 'ruled-out' || peers !== undefined || readyz?.etcd === true) return verdict;
  const answering = members.filter(({ up }) => up === 1);
  const leaders = leading(answering).length;
  const isOne = leaders === 0 || (leaders === 1 && !answering.some(({ hasLeader }) => hasLeader === 0));
  return isOne ? verdict : inconclusive(`${verdict.reason}; but whether all are members of one etcd could not be seen`);
}

/** Wrong with one is wrong; well is only what is well with all. */
function together(verdicts: readonly Verdict[]): Verdict {
  const worst = (['confirmed', 'inconclusive', 'ruled-out'] as const).find((one) =>
    verdicts.some(({ verdict }) => verdict === one),
  );
  const reasons = verdicts.flatMap(({ verdict, reason }) => (verdict === worst ? [reason] : []));
  const words = `several etcds under one job; ${reasons.join('; and ')}`;
  if (worst === 'confirmed') return confirmed(words);
  return worst === 'ruled-out' ? ruledOut(words) : inconclusive(words);
}

const turned = { confirmed: 'ruled-out', 'ruled-out': 'confirmed', inconclusive: 'inconclusive' } as const;
const turn = ({ verdict, reason }: Verdict): Verdict => ({ verdict: turned[verdict], reason });

/** The same where `confirmed` is the good news. */
export function eachWell(judge: Judge): Judge {
  const all = each((...of) => turn(judge(...of)));
  return (...of) => turn(all(...of));
}

/** Steps are for one etcd: of several that in which a member is missing, or has no leader, if that is one alone. */
export function ofOne(remedy: Manual): Manual {
  const isUnwell = (members: Members) => members.some(({ up, hasLeader }) => up !== 1 || hasLeader === 0);
  const steps: Manual['steps'] = (maybe, target) => {
    const several = severalEtcds(maybe);
    if (several === undefined) {
      const members = scrapedOf(maybe);
      const isStranger = strangersIn(members, maybe, target.job) !== undefined;
      return remedy.steps(isStranger ? ofStrangers(members, maybe) : maybe, target);
    }
    const [unwell, ...others] = several.etcds.filter(isUnwell);
    return unwell && others.length + several.rest.length === 0 ? remedy.steps(only(unwell, maybe), target) : [apart];
  };
  return { ...remedy, steps };
}

type Manual = ManualRemedy<Seen, EtcdTarget>;

const apart: ManualStep = {
  kind: 'advice',
  title: 'Several etcds are scraped under this job: steps for one of them would be wrong for another',
  warning:
    'Give each a scrape job of its own with etcd in its name, and run this again: `nightshift investigate etcd-heartbeat --target component/etcd/JOB`. Until then mend by hand the one that the cause names',
};

/** What is known of one of several etcds. */
function only<Tables extends Maybe>(members: Members, tables: Tables): Tables {
  type Row = { readonly instance: string };
  const isOurs = ({ instance }: Row) => members.some((member) => member.instance === instance);
  const rows = <One extends Row>(all: readonly One[] | undefined) => all?.filter(isOurs);
  return viewOf(tables, {
    members: () => rows(tables.members),
    heartbeats: () => rows(tables.heartbeats),
    fsync: () => rows(tables.fsync),
    scrapes: () => rows(tables.scrapes),
    scrapeErrors: () => rows(tables.scrapeErrors),
    peers: () => rows(tables.peers),
    apply: () => rows(tables.apply),
    space: () => rows(tables.space),
    pods: () => tables.pods?.filter((pod) => members.some((member) => podOf(member, tables.pods) === pod)),
    // It asks every etcd the API server has, and fails for one of them.
    readyz: () => (tables.readyz?.etcd === false ? { ...tables.readyz, etcd: undefined } : tables.readyz),
  });
}
