import type { EvidenceReport } from './report.ts';

/** Evidence that could not be seen for one and the same reason: a cluster that is down fails every read alike. */
export interface Gap {
  readonly titles: readonly string[];
  readonly reason: string;
  readonly remedy?: string;
}

/** The gaps of a run, each reason once, in the order of the first read it stopped. */
export function gapsIn(evidence: readonly EvidenceReport[]): Gap[] {
  const failed = evidence.filter(({ status }) => status === 'failed');
  return [...Map.groupBy(failed, ({ reason, remedy }) => JSON.stringify([reason, remedy])).values()].flatMap(
    (alike) => {
      const [first] = alike;
      if (first === undefined) return [];
      const { reason = 'unknown', remedy } = first;
      return [{ titles: alike.map(({ title }) => title), reason, ...(remedy ? { remedy } : {}) }];
    },
  );
}
