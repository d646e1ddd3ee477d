import { expect, test } from 'vitest';
import type { JsonObject } from '../../../engine/action.ts';
import { render } from '../../../infra/slack/render.ts';
import { wordsOfBlocks } from '../../infra/slack/words.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;

test('a secret that a rehearsal answers with stands in no message and in no entry of the ledger', async () => {
  await using it = await lab([{ verb: 'undo', workload: web }]);
  await it.behindOurBack({ verb: 'restart', workload: web });
  const { id } = await it.requested();
  const writer = it.acting.writers.get(CLUSTER);
  if (!writer) throw new Error('no writer');
  const volumes = (password: string) => [
    { name: 'v', csi: { driver: 'smb.csi.k8s.io', volumeAttributes: { password } } },
    { name: 'w', projected: { defaultMode: `https://store/?token=${password}` } },
  ];
  const withVolumes = (body: JsonObject, password: string) => {
    const { template, ...rest } = body.spec as { template: { spec: JsonObject } };
    return {
      ...body,
      spec: { ...rest, template: { ...template, spec: { ...template.spec, volumes: volumes(password) } } },
    };
  };
  // A webhook rewrites a field of the template that was meant.
  const writers = new Map([
    [
      CLUSTER,
      {
        apply: writer.apply,
        rehearse: async (...[action]: Parameters<typeof writer.rehearse>) => {
          if (action.verb !== 'patch') throw new Error(`a ${action.verb} was not expected`);
          Object.assign(action, { body: withVolumes(action.body, 'hunter2') });
          return { status: 200, object: withVolumes(action.body, 'rotated-s3cret'), asked: 'PATCH' };
        },
      },
    ],
  ]);
  Object.assign(it.acting, { writers });

  const plan = await it.approved(id);

  expect(plan).toMatchObject({
    state: 'failed',
    because: expect.stringContaining('volumes[v].csi.volumeAttributes.password is not as meant'),
  });
  expect(plan.because).toContain('volumes[w]');
  const shown = wordsOfBlocks(render({ kind: 'plan', card: await it.card(id) }).blocks);
  for (const text of [shown, JSON.stringify(plan), JSON.stringify(await it.ledger(id))]) {
    expect(text).not.toMatch(/hunter2|s3cret/);
  }
});
