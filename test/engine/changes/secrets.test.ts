import { expect, it } from 'vitest';
import { redacted } from '../../../engine/acting/compile.ts';
import type { Action } from '../../../engine/action.ts';
import { fieldsArrived } from '../../../engine/changes/marks.ts';
import { maskedAction } from '../../../engine/changes/masked.ts';
import { templateDiff } from '../../../engine/changes/template-diff.ts';
import { redact, redactDeep } from '../../../engine/redact.ts';
import { differences } from '../../../engine/rehearsal.ts';

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
        lifecycle: { preStop: { httpGet: { path: `/stop?token=${password}`, port: 80 } } },
        livenessProbe: { httpGet: { path: '/live', httpHeaders: [{ name: 'x-key', value: password }] } },
        resources: { limits: { memory } },
      },
    ],
    volumes: [
      { name: 'share', csi: { driver: 'smb.csi.k8s.io', volumeAttributes: { source: '//a/b', phrase: password } } },
      { name: 'old', flexVolume: { driver: 'x/cifs', options: { opts: `pw=${password}` } } },
      { name: 'files', storageos: { accessKey: password } },
    ],
  },
});

it('the ledger keeps the shape of a pod template, and none of what may be secret in it', () => {
  const body = {
    metadata: { annotations: { 'nightshift.dev/by': 'plan-1' } },
    spec: { template: template('hunter2', '600Mi') },
  };
  const action: Action = { verb: 'patch', object: shop, type: 'strategic', body };

  const text = JSON.stringify(redactDeep(maskedAction(action)));

  expect(text).not.toContain('hunter2');
  for (const kept of [
    'plan-1',
    'smb.csi.k8s.io',
    'registry.example/web:v2',
    '600Mi',
    'PASSWORD',
    'secretKeyRef',
    '/live',
    'x-key',
  ]) {
    expect(text).toContain(kept);
  }
});

it('whoever approves a rollback sees what changes in numbers, and secrets only as changed', () => {
  const diff = templateDiff(
    shop,
    { name: 'revision 3', template: template('hunter2', '600Mi') },
    { name: 'revision 2', template: template('hunter1', '256Mi') },
  ).map(redacted);

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
  for (const field of ['phrase', 'opts', 'accessKey']) {
    expect(diff).toContainEqual(
      expect.objectContaining({ path: expect.stringMatching(`${field}$`), before: 'as in revision 3' }),
    );
  }
});

it('a rehearsal that would do something else names the field, and no value that may be secret', () => {
  const body = { metadata: { uid: 'u' }, spec: { template: template('hunter2', '600Mi') } };
  const action: Action = { verb: 'patch', object: shop, type: 'strategic', body };
  const said = differences(action, { metadata: { uid: 'u' }, spec: { template: template('hunter1', '256Mi') } });

  expect(said.map(redact).join('\n')).not.toMatch(/hunter/);
  expect(said).toContain('spec.template.spec.volumes[files].storageos.accessKey is not as meant');
  expect(said.join('\n')).toContain('limits.memory: "600Mi" was meant, the API server has "256Mi"');
});

it('a field whose name says that it is a secret is masked wherever a diff shows it', () => {
  const path = 'metadata.annotations[example.com/password]';
  const object = 'Pod shop/web-1';
  expect(redacted({ object, path, before: 'hunter1', after: 'hunter2' })).toMatchObject({
    before: '[redacted]',
    after: '[redacted]',
  });
  // So that it cannot be told from the object whether it arrived.
  const marks = [redacted({ object, path, before: 'hunter1', after: 'hunter2' })];
  const annotations = { 'example.com/password': 'hunter2' };
  expect(fieldsArrived(marks, { metadata: { annotations } })).toBe('cannot-tell');
});

it('a resource with dots in its name is found where it is', () => {
  const path = 'spec.template.spec.containers[web].resources.limits[nvidia.com/gpu]';
  const marks = [{ object: 'Deployment shop/web', path, before: null, after: '1' }];
  const containers = [{ name: 'web', resources: { limits: { 'nvidia.com/gpu': '1' } } }];

  expect(fieldsArrived(marks, { spec: { template: { spec: { containers } } } })).toBe('yes');
});
