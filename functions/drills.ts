import { Refused } from '../engine/errors.ts';
import { type Incident, isOpen } from '../engine/incident.ts';
import { pagesOf } from '../engine/pages.ts';
import type { Store } from '../engine/ports.ts';
import type { Drill } from '../infra/local/console/options.ts';
import type { PracticeWebhook } from '../infra/local/practice/alert.ts';
import type { PracticeCluster, WorldSummary } from '../infra/local/practice/practice.ts';

export interface Drills {
  /** The world a first start shows by itself. */
  readonly first: string;
  readonly list: () => readonly Drill[];
  /**
   * Makes the trouble and lets its alert come in by the front door, as Alertmanager would send it. What fired in another
   * drill is over with it, and resolved the same way. Throws `Refused`.
   */
  readonly start: (id: string) => Promise<void>;
  /** After a restart, when the practice cluster is quiet again. */
  readonly goOn: () => Promise<void>;
}

export const FIRST_WORLD = 'kubelet-stopped';

/**
 * What somebody may know of a drill before it begins. That a fix made by hand counts in it is said, because nobody would
 * look for it in a practice cluster; not which one, because its name gives the cause away. The card names it in its time.
 */
export function introOf({ description, byHandFix }: Pick<WorldSummary, 'description' | 'byHandFix'>): string {
  return byHandFix === undefined ? description : `${description}. A fix made by hand counts: say so with Done by Hand`;
}

export interface DrillsOptions {
  readonly practice: PracticeCluster | undefined;
  /** This server's own URL, once it listens. */
  readonly url: () => string;
  /** Of its front door. */
  readonly token: string | undefined;
  /** Where its incidents are. */
  readonly store: () => Pick<Store, 'list'>;
}

export function drillsOf({ practice, url, token, store }: DrillsOptions): Drills {
  async function post(webhook: unknown): Promise<void> {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const headers = { 'content-type': 'application/json', ...authorization };
    const response = await fetch(new URL('/alerts', url()), { method: 'POST', headers, body: JSON.stringify(webhook) });
    if (!response.ok)
      throw new Refused('NOT_STARTED', `the drill's alert was answered ${response.status}: ${await response.text()}`);
  }

  /** As they were sent: the same alert that began at another time would be another one. */
  const sent = new Map<string, PracticeWebhook>();

  async function endOthers(here: PracticeCluster): Promise<void> {
    const firing = await firingIn(store());
    for (const alert of here.alertFor(here.world()).alerts) firing.delete(alert.fingerprint);
    for (const { id } of here.worlds()) {
      const webhook = sent.get(id) ?? here.alertFor(id);
      const over = webhook.alerts.filter(({ fingerprint }) => firing.delete(fingerprint));
      if (over.length > 0) await post(resolved(webhook, over));
    }
  }

  return {
    first: FIRST_WORLD,
    list: () =>
      practice?.worlds().map((world) => ({ id: world.id, title: world.title, description: introOf(world) })) ?? [],
    async start(id) {
      if (!practice)
        throw new Refused('NO_PRACTICE', 'drills need the practice cluster; this server looks after real ones');
      practice.setWorld(id);
      await endOthers(practice);
      const webhook = practice.alertFor(id);
      sent.set(id, webhook);
      await post(webhook);
    },
    async goOn() {
      if (practice) await endOthers(practice);
    },
  };
}

/** Fingerprints of the alerts that open incidents wait for. */
async function firingIn(store: Pick<Store, 'list'>): Promise<Set<string>> {
  const firing = new Set<string>();
  for await (const page of pagesOf<Incident>(store, 'incidents'))
    for (const { value } of page) if (isOpen(value)) for (const fingerprint of value.firing) firing.add(fingerprint);
  return firing;
}

function resolved(webhook: PracticeWebhook, over: PracticeWebhook['alerts']): PracticeWebhook {
  const end = { status: 'resolved', endsAt: new Date().toISOString() };
  return { ...webhook, status: 'resolved', alerts: over.map((alert) => ({ ...alert, ...end })) };
}
