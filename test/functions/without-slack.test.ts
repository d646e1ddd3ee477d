import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../engine/acting/ledger.ts';
import type { Plan } from '../../engine/plan.ts';
import { startPracticeCluster } from '../../infra/local/practice/practice.ts';
import { openReadOnly } from '../../infra/local/store/open.ts';
import { deed } from '../engine/acting/deed.ts';
import { nightshift, server, until, workplace } from './process.ts';

const reason = 'without Slack nobody can tell who you are';

interface Shown {
  readonly ts: string;
  readonly blocks?: readonly { readonly block_id: string; readonly elements?: readonly { action_id?: string }[] }[];
}

describe('a real cluster with credentials to change it, and no Slack', () => {
  it('shows its fixes, with the reason why nobody can ask for one; and nobody can', async () => {
    using place = workplace();
    const practice = await startPracticeCluster({ world: 'kubelet-stopped' });
    try {
      writeFileSync(join(place.directory, 'reader'), practice.kubeconfig);
      writeFileSync(join(place.directory, 'fixer'), practice.fixerKubeconfig);
      const cluster = { name: 'prod', kubernetes: { kubeconfig: 'reader' }, fixer: { kubeconfig: 'fixer' } };
      const prometheus = { url: practice.prometheusUrl };
      const policy = [{ remedies: ['*'], approvers: { users: ['U0APPROVE1'] }, breakGlass: { users: ['U0APPROVE1'] } }];
      const config = join(place.directory, 'nightshift.yaml');
      writeFileSync(
        config,
        JSON.stringify({ clusters: [{ ...cluster, prometheus }], alerts: { token: { env: 'TOKEN' } }, policy }),
      );
      const data = join(place.directory, 'data');
      const env = { NIGHTSHIFT_CONFIG: config, NIGHTSHIFT_DATA: data, TOKEN: 'secret' };
      await using running = await server(env, place.directory);
      expect(running.output()).toContain(reason);

      const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
      const alert = JSON.stringify(practice.alertFor('kubelet-stopped'));
      await fetch(`${running.url}/alerts`, { method: 'POST', headers, body: alert });
      const act = (name: string, body: object) =>
        fetch(`${running.url}/console/${name}`, {
          method: 'POST',
          headers: { ...headers, origin: running.url },
          body: JSON.stringify(body),
        });
      const messages = async () =>
        ((await (await fetch(`${running.url}/console/messages`)).json()) as { messages: Shown[] }).messages;
      const card = await until(
        async () => {
          for (const message of await messages()) {
            const fix = message.blocks?.find(({ elements }) => elements?.some((one) => one.action_id === 'fix'));
            const pressed = { as: 'U0ONCALL01', ts: message.ts, blockId: fix?.block_id ?? '', actionId: 'fix' };
            // A card that was edited meanwhile has another block.
            if (fix && ((await (await act('click', pressed)).json()) as { ok: boolean }).ok) return message;
          }
          return undefined;
        },
        'a card with a fix to press',
        running.output,
      );
      expect(JSON.stringify(card)).toContain(reason);
      const plan = await until(async () => (await storedIn<Plan>(data, 'plans'))[0], 'the plan', running.output);
      const page = await nightshift(['plan', plan.id], env, place.directory);
      expect(page.stdout.replace(/\s+/g, ' ')).toContain(`Who may nobody: ${reason}`);
      expect(page.stdout).toContain('spec.unschedulable');
      expect(page.stdout).toContain(`digest ${plan.digest.slice(0, 16)}`);
      const unknown = await nightshift(['plan', 'no-such-plan'], env, place.directory);
      expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no plan no-such-plan') });

      await act('command', { as: 'U0APPROVE1', text: `/nightshift break-glass ${plan.id} because I am root here` });
      await until(
        async () => (await storedIn<Entry>(data, 'ledger')).find(({ kind }) => kind === 'denied'),
        'the refusal',
        running.output,
      );
      expect(await storedIn<Plan>(data, 'plans')).toMatchObject([{ state: 'shown' }]);
    } finally {
      await practice.close();
    }
  }, 40_000);

  it('refuses every decision with that reason, and writes it down', async () => {
    await using it = await deed();
    await it.trouble();
    const plan = await it.requested();
    Object.assign(it.rules, { policy: [], nobody: reason });
    for (const button of ['approve', 'refuse', 'undo'] as const) {
      const heard = it.whispers.length;
      await it.press(plan, button, 'U-LEAD');
      if (button !== 'undo') expect(it.whispers[heard]?.text).toContain(reason);
    }
    expect((await it.ledger()).at(-1)).toMatchObject({ kind: 'denied', details: { why: reason } });
    expect(await it.state(plan)).toBe('requested');
    expect(it.cluster.applied).toEqual([]);
  });
});

async function storedIn<T>(directory: string, collection: 'plans' | 'ledger'): Promise<T[]> {
  const { store, close } = openReadOnly({ directory, clock: { now: () => new Date() } });
  try {
    return (await store.list<T>(collection)).map(({ value }) => value);
  } finally {
    close();
  }
}
