import { verdictWords } from './acting/plan-line.ts';
import { alertName } from './alert.ts';
import { byReason } from './by-reason.ts';
import { type Card, type CardCause, type CardLink, type CardState, type CardStep, TROUBLE_SEEN } from './card.ts';
import { gapsIn, isGap } from './gaps.ts';
import { lastingLabels } from './guess.ts';
import { type ByHand, canLook, canLookUp, type Incident, isOpen, shownSince } from './incident.ts';
import { earlierOf } from './last-found.ts';
import type { Progress } from './look.ts';
import { notesOf } from './notes.ts';
import { redact, redactDeep } from './redact.ts';
import type { CauseReport, Report } from './report.ts';
import { type AnyRunbook, hasTopic } from './runbook.ts';
import { lookedAtWords, stormTitle } from './storm-words.ts';
import { wordsOf } from './target.ts';
import { counted } from './words.ts';

/** So many reads that failed for one reason are named on the card; of more the thread tells which. */
const FEW_GAPS = 3;

/** The card of an incident as it stands now. `progress` is what a look that is going on has seen so far. */
export function present(incident: Incident, runbook: AnyRunbook | undefined, progress?: Progress): Card {
  const { report, alert } = incident;
  const earlier = earlierOf(incident);
  const causes = (verdict: CauseReport['verdict']) => causesOf(report, verdict);
  return {
    incident: incident.id,
    state: cardStateOf(incident),
    title: redact(titleOf(incident, runbook)),
    summary: redact(summaryOf(incident, runbook, progress)),
    cluster: incident.cluster,
    target: redact(wordsOf(incident.target)),
    targetNote: redact(incident.targetNote),
    canLook: (canLook(incident) || canLookUp(incident)) && isOpen(incident),
    updatedAt: new Date(incident.updatedAt),
    checklist: incident.state === 'looking' ? checklistOf(runbook, incident, progress) : [],
    likely: causes('confirmed'),
    ...(earlier ? { earlier } : {}),
    isBeside: !hasTopic(incident.runbook),
    ruledOut: byReason(causes('ruled-out')),
    open: byReason(causes('inconclusive')),
    gaps: gapsOf(report),
    evidence: report?.evidence ?? [],
    remedies: report?.remedies ?? [],
    manual: report?.manualSteps ?? [],
    offered: [],
    plans: [],
    byHand: (incident.byHand ?? []).map(byHandOf),
    links: alert ? linksOf(incident) : [],
    notes: notesOf(incident).map(redact),
    ...sinceOf(incident),
    ...(alert?.labels.severity ? { severity: redact(alert.labels.severity) } : {}),
    ...(alert ? { alert: alertOf(incident, alert) } : {}),
    ...(report ? { cost: report.cost, lookedAt: new Date(report.startedAt) } : {}),
  };
}

function sinceOf(incident: Incident): { readonly since?: Date } {
  const since = shownSince(incident);
  return since === undefined ? {} : { since: new Date(since) };
}

function byHandOf({ title, by, at, before, verification }: ByHand): Card['byHand'][number] {
  const done = { title: redact(title), by, at };
  if (!verification) return before ? { ...done, outcome: verdictWords.waiting } : done;
  const { verdict, reason } = verification;
  return { ...done, outcome: redact(`${verdictWords[verdict]}: ${reason}`) };
}

/** What could not be seen is not called broken, and what is seen beside an alert that nobody knows is not called its cause. */
export function cardStateOf({ state, report, runbook }: Pick<Incident, 'state' | 'report' | 'runbook'>): CardState {
  if (state === 'diagnosed' && !hasTopic(runbook)) return 'trouble-seen';
  return state === 'still-broken' && report?.recovered.verdict === 'inconclusive' ? 'unchecked' : state;
}

/** By its alert's name, which is true however the object turns out to be: a Ready node, too, can have an incident. */
export function titleOf(incident: Incident, runbook: AnyRunbook | undefined): string {
  if (incident.storm) return stormTitle(incident.storm);
  if (incident.openedBy && !incident.alert)
    return `${wordsOf(incident.target)}: somebody asked "${runbook?.title ?? ''}?"`;
  const problem = incident.alert ? alertName(incident.alert) : (runbook?.title ?? 'Incident');
  return incident.target.kind === 'Cluster' ? problem : `${wordsOf(incident.target)}: ${problem}`;
}

/** What one member shows is said of that member, not of the whole storm. */
function summaryOf(incident: Incident, runbook: AnyRunbook | undefined, progress: Progress | undefined): string {
  const said = ownSummary(incident, runbook, progress);
  const { storm, report, state, target } = incident;
  if (!storm || !report || state === 'closed') return said;
  if (incident.firing.length > 0) return `${lookedAtWords(storm, target)} ${said}`;
  const all = storm.members.length + storm.more;
  return `Looking at them one by one (${storm.well.length} of ${all} are well), now at ${wordsOf(target)}. ${said}`;
}

function ownSummary(incident: Incident, runbook: AnyRunbook | undefined, progress: Progress | undefined): string {
  const confirmed = incident.report?.causes.filter(({ verdict }) => verdict === 'confirmed') ?? [];
  const [first, ...others] = confirmed;
  const likely = first && `${first.title}${others.length > 0 ? ` (and ${others.length} more)` : ''}. ${first.reason}`;
  switch (cardStateOf(incident)) {
    case 'looking': {
      const total = runbook ? Object.keys(runbook.evidence).length : 0;
      return `Looking: ${Object.keys(progress?.evidence ?? {}).length} of ${counted(total, 'evidence item')} seen`;
    }
    case 'closed':
      return `Closed: ${incident.closedBecause ?? ''}`;
    case 'folded':
      return 'Part of a larger problem: it is followed on the card of the storm';
    case 'still-broken':
      return `Alertmanager says resolved, but: ${incident.report?.recovered.reason ?? likely ?? 'not confirmed'}`;
    case 'unchecked':
      return `Alertmanager says resolved, but that could not be checked: ${incident.report?.recovered.reason ?? ''}`;
    case 'diagnosed':
      return likely ?? '';
    case 'trouble-seen':
      return `${TROUBLE_SEEN}${likely ?? ''}`;
    case 'undiagnosed':
      return undiagnosed(incident);
  }
}

function undiagnosed({ runbook, target, report, topic }: Incident): string {
  if (runbook === null) return 'No runbook answers this alert';
  if (target.kind === 'Unresolved') return `The alert's target could not be found: ${target.why}`;
  if (!hasTopic(runbook)) return aroundIt(report, topic);
  const open = causesOf(report, 'inconclusive').length;
  const gaps = (report?.evidence ?? []).filter(isGap).length;
  if (report?.recovered.verdict === 'confirmed') return `It looks well: ${report.recovered.reason}`;
  // What is wrong stands first, also where nobody knows yet why.
  const ill = report?.recovered.verdict === 'ruled-out' ? `Not well: ${report.recovered.reason}. ` : '';
  if (open === 0) return `${ill}None of the causes this runbook knows: all were ruled out`;
  return `${ill}No cause confirmed: ${open} undecided${gaps > 0 ? `, ${counted(gaps, 'evidence item')} could not be seen` : ''}`;
}

/** That the target looks well says nothing of an alert nobody knows. */
function aroundIt(report: Report | undefined, topic: string | undefined): string {
  const all = report?.evidence ?? [];
  const gaps = all.filter(isGap).length;
  const unseen = gaps > 0 ? `; ${gaps} of ${counted(all.length, 'look')} around it failed` : '';
  const whose = topic ? `Runbook ${topic} has nothing of this alert to look at` : 'No runbook is about this alert';
  return `${whose}, and none of the everyday troubles is proved here${unseen}`;
}

function causesOf(report: Report | undefined, verdict: CauseReport['verdict']): CardCause[] {
  return (report?.causes ?? [])
    .filter((cause) => cause.verdict === verdict)
    .map(({ title, reason }) => ({ title, reason }));
}

function gapsOf(report: Report | undefined): Card['gaps'] {
  return gapsIn(report?.evidence ?? []).map(({ titles, ...gap }) => ({
    title: titles.length <= FEW_GAPS ? titles.join(', ') : counted(titles.length, 'read'),
    ...gap,
  }));
}

function checklistOf(runbook: AnyRunbook | undefined, incident: Incident, progress: Progress | undefined): CardStep[] {
  const seen = progress && progress.wanted > incident.look.done ? progress.evidence : {};
  return Object.entries(runbook?.evidence ?? {}).map(([id, { title }]) => ({ title, state: seen[id] ?? 'waiting' }));
}

function alertOf(incident: Incident, alert: NonNullable<Incident['alert']>): NonNullable<Card['alert']> {
  const masked = (record: Readonly<Record<string, string>>) => redactDeep(record) as Record<string, string>;
  return {
    name: redact(alertName(alert)),
    labels: masked(alert.labels),
    annotations: masked(alert.annotations),
    count: incident.alertCount,
    firing: incident.firing.length,
  };
}

function linksOf({ alert }: Incident): CardLink[] {
  const silence =
    alert?.externalURL && `${alert.externalURL}/#/silences/new?filter=${encodeURIComponent(matchers(alert.labels))}`;
  const links: readonly (readonly [string, string | undefined])[] = [
    ['Runbook', alert?.annotations.runbook_url],
    ['Dashboard', alert?.annotations.dashboard_url],
    ['Prometheus', alert?.generatorURL],
    ['Silence', silence],
  ];
  return links.flatMap(([label, url]) =>
    url && /^https?:\/\//.test(url) && !/\s/.test(url) && !holdsSecret(url) ? [{ label, url }] : [],
  );
}

/** Encoding hides a secret from the patterns, so a link is looked at decoded; one that holds a secret is left out. */
function holdsSecret(url: string): boolean {
  const decoded = url.replace(/%[0-9a-f]{2}/gi, (byte) => String.fromCharCode(Number.parseInt(byte.slice(1), 16)));
  return redact(decoded) !== decoded || redact(url) !== url;
}

/** Every other name is written in quotes. https://prometheus.io/docs/alerting/latest/configuration/#label-matchers */
const plainName = /^[a-z_]\w*$/i;

/** Labels that were masked on the card are no matchers, nor those that a restart of the exporter changes. */
function matchers(labelled: Readonly<Record<string, string>>): string {
  const all = lastingLabels(labelled);
  const labels = Object.fromEntries(
    Object.entries(redactDeep(all) as Record<string, string>).filter(([name, value]) => all[name] === value),
  );
  return `{${Object.entries(labels)
    .map(([name, value]) => `${plainName.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value)}`)
    .join(',')}}`;
}
