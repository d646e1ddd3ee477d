import type { ContextBlock, KnownBlock } from '@slack/types';
import type { Card } from '../../engine/card.ts';
import { counted } from '../../engine/words.ts';
import { code, date, escapeMrkdwn, isDate } from './escape.ts';
import { line, newPen, richText, words } from './rich.ts';

/** Where, since when, how bad. */
export function facts({ since, cluster, target, severity }: Card): ContextBlock {
  const text = [
    since === undefined || !isDate(since) ? 'Unknown since when' : `Since ${date(since, '{date_short_pretty} {time}')}`,
    `cluster ${code(cluster, 100)}`,
    code(target, 400),
    ...(severity === undefined ? [] : [`severity ${escapeMrkdwn(severity, 60)}`]),
  ].join(' · ');
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}

/** Filled while the evidence comes in; gone once there are verdicts. */
export function checklist({ checklist: steps }: Card): KnownBlock[] {
  if (steps.length === 0) return [];
  const marks = { ok: '✓', failed: '✗', waiting: '…' } as const;
  const pen = newPen(100);
  const shown = pen
    .first(steps, 25)
    .flatMap(({ state, title: name }, index) => [words(`${index === 0 ? '' : '\n'}${marks[state]} `), pen.plain(name)]);
  const more = steps.length - 25;
  return [richText(line(...shown, ...(more > 0 ? [words(`\n… +${more} more`)] : [])))];
}

/** How fresh what it says is: when the look began that it tells of, and what that cost. */
export function footer({ updatedAt, lookedAt, cost: spent, evidence }: Card): ContextBlock {
  const text = [
    lookedAt ? `Looked at ${date(lookedAt)}` : `Updated ${date(updatedAt)}`,
    ...(spent
      ? [
          [
            counted(spent.kubernetesCalls, 'Kubernetes call'),
            counted(spent.prometheusQueries, 'Prometheus query', 'Prometheus queries'),
            `${(spent.elapsedMs / 1000).toFixed(1)} s`,
          ].join(', '),
        ]
      : []),
    ...(evidence.length > 0 ? ['evidence in the thread'] : []),
  ].join(' · ');
  return { type: 'context', elements: [{ type: 'mrkdwn', text }] };
}
