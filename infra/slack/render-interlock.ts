import type { InterlockReport } from '../../engine/interlocks.ts';
import type { Pen } from './rich.ts';

/**
 * The value of an interlock, which may name very many workloads: of these the first, and how many more. That some are
 * left out the pen remembers.
 */
export function valueIn(
  pen: Pen,
  { value, occasions = [] }: Pick<InterlockReport, 'value' | 'occasions'>,
  most: number,
) {
  const list = occasions.join(', ');
  if (occasions.length <= most || !value.includes(list)) return value;
  const named = pen.first(occasions, most);
  return value.replace(list, () => `${named.join(', ')} and ${occasions.length - named.length} more`);
}
