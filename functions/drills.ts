import { Refused } from '../engine/errors.ts';
import type { Drill } from '../infra/local/console/options.ts';
import type { PracticeCluster, WorldSummary } from '../infra/local/practice/practice.ts';

export interface Drills {
  /** The world a first start shows by itself. */
  readonly first: string;
  readonly list: () => readonly Drill[];
  /** Makes the trouble and lets its alert come in by the front door, as Alertmanager would send it. Throws `Refused`. */
  readonly start: (id: string) => Promise<void>;
}

export const FIRST_WORLD = 'kubelet-stopped';

/**
 * What somebody may know of a drill before it begins. That a fix made by hand counts in it is said, because nobody would
 * look for it in a practice cluster; not which one, because its name gives the cause away. The card names it in its time.
 */
export function introOf({ description, byHandFix }: Pick<WorldSummary, 'description' | 'byHandFix'>): string {
  return byHandFix === undefined ? description : `${description}. A fix made by hand counts: say so with Done by Hand`;
}

export function drillsOf(practice: PracticeCluster | undefined, url: () => string, token: string | undefined): Drills {
  return {
    first: FIRST_WORLD,
    list: () =>
      practice?.worlds().map((world) => ({ id: world.id, title: world.title, description: introOf(world) })) ?? [],
    async start(id) {
      if (!practice)
        throw new Refused('NO_PRACTICE', 'drills need the practice cluster; this server looks after real ones');
      practice.setWorld(id);
      const response = await fetch(new URL('/alerts', url()), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(practice.alertFor(id)),
      });
      if (!response.ok)
        throw new Refused('NOT_STARTED', `the drill's alert was answered ${response.status}: ${await response.text()}`);
    },
  };
}
