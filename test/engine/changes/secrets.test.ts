import { expect, it } from 'vitest';
import type { Action } from '../../../engine/action.ts';
import { fieldsArrived } from '../../../engine/changes/marks.ts';
import { maskedAction } from '../../../engine/changes/masked.ts';
import { templateDiff } from '../../../engine/changes/template-diff.ts';

const shop = { kind: 'Deployment', namespace: 'shop', name: 'web' } as const;
const template = (password: string, memory: string) => ({
  metadata: { annotations: { 'example.com/key': password } },
  spec: {
    containers: [
      {
        name: 'web',
        image: 'registry.example/web:v2',
        command: ['sh', '-c', `mysql -p${password}`],
        args: ['--db-password', password],
        env: [
          { name: 'PASSWORD', value: password },
          { name: 'USER', valueFrom: { secretKeyRef: { name: 'db', key: 'user' } } },
        ],
        livenessProbe: { httpGet: { path: '/live', httpHeaders: [{ name: 'x-key', value: password }] } },
        resources: { limits: { memory } },
      },
    ],
  },
});

it('the ledger keeps the shape of a pod template, and none of what may be secret in it', () => {
  const body = {
    metadata: { annotations: { 'nightshift.dev/by': 'plan-1' } },
    spec: { template: template('hunter2', '600Mi') },
  };
  const action: Action = { verb: 'patch', object: shop, type: 'strategic', body };

  const text = JSON.stringify(maskedAction(action));

  expect(text).not.toContain('hunter2');
  for (const kept of ['plan-1', 'registry.example/web:v2', '600Mi', 'PASSWORD', 'secretKeyRef', '/live', 'x-key']) {
    expect(text).toContain(kept);
  }
});

it('whoever approves a rollback sees what changes in numbers, and secrets only as changed', () => {
  const diff = templateDiff(
    shop,
    { name: 'revision 3', template: template('hunter2', '600Mi') },
    { name: 'revision 2', template: template('hunter1', '256Mi') },
  );

  expect(JSON.stringify(diff)).not.toMatch(/hunter/);
  expect(diff).toContainEqual(
    expect.objectContaining({ path: expect.stringMatching(/limits\.memory$/), before: '600Mi', after: '256Mi' }),
  );
  expect(diff).toContainEqual(
    expect.objectContaining({
      path: expect.stringMatching(/args$/),
      before: 'as in revision 3',
      after: 'as in revision 2',
    }),
  );
});

it('a resource with dots in its name is found where it is', () => {
  const path = 'spec.template.spec.containers[web].resources.limits[nvidia.com/gpu]';
  const marks = [{ object: 'Deployment shop/web', path, before: null, after: '1' }];
  const containers = [{ name: 'web', resources: { limits: { 'nvidia.com/gpu': '1' } } }];

  expect(fieldsArrived(marks, { spec: { template: { spec: { containers } } } })).toBe('yes');
});
