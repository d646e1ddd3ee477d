import type { Card, CardCause } from './card.ts';
import type { Incident } from './incident.ts';
import { redact } from './redact.ts';
import type { Report } from './report.ts';
import { targetName } from './target.ts';

/**
 * The causes that the last look confirmed which confirmed any. Later looks see the object when it is well again, or see too
 * little; what it was must still stand on the card the next morning.
 */
export interface LastFound {
  /** When that look began. */
  readonly at: string;
  /** What it looked at: of a storm one member. */
  readonly target: string;
  readonly causes: readonly CardCause[];
}

/** What a look found; `undefined`: it confirmed nothing. */
export function foundIn({ startedAt, target, causes }: Report): LastFound | undefined {
  const confirmed = causes.filter(({ verdict }) => verdict === 'confirmed');
  if (confirmed.length === 0) return undefined;
  return { at: startedAt, target, causes: confirmed.map(({ title, reason }) => ({ title, reason })) };
}

/** For the card: only where the last look does not say it itself. */
export function earlierOf({ lastFound, report, target }: Incident): Card['earlier'] {
  if (!lastFound || lastFound.at === report?.startedAt) return undefined;
  const of = lastFound.target === targetName(target) ? '' : `${lastFound.target}: `;
  const causes = lastFound.causes.map(({ title, reason }) => ({
    title: redact(`${of}${title}`),
    reason: redact(reason),
  }));
  return { at: new Date(lastFound.at), causes };
}

/** For lists: what is confirmed now, else what was found before. */
export function causeTitles({ report, lastFound }: Pick<Incident, 'report' | 'lastFound'>): readonly string[] {
  const causes = (report && foundIn(report))?.causes ?? lastFound?.causes ?? [];
  return causes.map(({ title }) => title);
}
