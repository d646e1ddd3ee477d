import type { Measure } from '../../engine/measure.ts';
import type { Maybe, Seen } from './evidence.ts';

/** Twice as many is no chance; and so few one pod alone makes, which the kubelet tries again and again (judgement). */
const CLEARLY_MORE = 2;
const OF_ONE_POD = 10;

/** How bad it is while pods find no network, whoever they are: also those that were deleted meanwhile count. */
export function sandboxesFailed({ sandboxes }: Seen): Measure {
  return {
    of: 'sandboxes that could not be made in 10 minutes',
    value: Math.round(sandboxes),
    unit: 'count',
    worseWhen: 'higher',
    clearlyWorse: CLEARLY_MORE,
    fineUntil: OF_ONE_POD,
  };
}

export function sandboxClause({ sandboxes = 0 }: Maybe): string {
  return sandboxes >= 1 ? `. ${Math.round(sandboxes)} sandboxes could not be made in 10 minutes` : '';
}
