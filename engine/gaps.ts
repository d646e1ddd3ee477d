import type { EvidenceReport } from './report.ts';

/** Evidence that could not be seen for one and the same reason: a cluster that is down fails every read alike. */
export interface Gap {
  readonly titles: readonly string[];
  readonly reason: string;
  readonly remedy?: string;
}

/** Whether it could not be seen. A further witness that nobody has configured is none: nobody has to have it. */
export function isGap({ status, failure, witness }: EvidenceReport): boolean {
  return status === 'failed' && !(witness && failure === 'not-configured');
}

/** In words: what was seen, or why it was not; of a witness that nobody asked also what would let it be asked. */
export function saidOf(evidence: EvidenceReport): string {
  const { status, shown, reason = shown, remedy } = evidence;
  if (status === 'ok') return shown;
  return isGap(evidence) ? reason : `not asked: ${[reason, ...(remedy ? [remedy] : [])].join('. ')}`;
}

/** What a refused answer would have led to was asked for by nobody: a right behind it shows only once this one is there. */
const MORE_RULES = '# more may be missing behind it: nightshift manifests rbac prints all rules';

/** The gaps of a run, each reason once, in the order of the first read it stopped. */
export function gapsIn(evidence: readonly EvidenceReport[]): Gap[] {
  const failed = evidence.filter(isGap);
  const alike = [...Map.groupBy(failed, ({ reason, remedy }) => JSON.stringify([reason, remedy])).values()];
  const lastRefused = alike.findLast(([first]) => isRefused(first));
  return alike.flatMap((these) => {
    const [first] = these;
    if (first === undefined) return [];
    const { reason = 'unknown', remedy } = first;
    const words = these === lastRefused ? `${remedy}\n${MORE_RULES}` : remedy;
    return [{ titles: these.map(({ title }) => title), reason, ...(words ? { remedy: words } : {}) }];
  });
}

/** By Kubernetes, for want of a rule that can be named. */
function isRefused(evidence: EvidenceReport | undefined): boolean {
  return evidence?.failure === 'forbidden' && /^# rule of/.test(evidence.remedy ?? '');
}
