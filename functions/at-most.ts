import type { Clock } from '../engine/ports.ts';

/** Whether somebody may do it once more: so often in any stretch of `withinMs`, each by themselves. In this process. */
export function atMost(clock: Clock, most: number, withinMs: number): (who: string) => boolean {
  const done = new Map<string, readonly number[]>();
  return (who) => {
    const now = clock.now().getTime();
    for (const [other, times] of done) if (times.every((at) => now - at >= withinMs)) done.delete(other);
    const lately = (done.get(who) ?? []).filter((at) => now - at < withinMs);
    if (lately.length >= most) return false;
    done.set(who, [...lately, now]);
    return true;
  };
}
