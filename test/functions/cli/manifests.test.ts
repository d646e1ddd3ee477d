import { afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { nightshift, workplace } from '../process.ts';

const place = workplace();
afterAll(() => place[Symbol.dispose]());
const manifests = (...args: string[]) => nightshift(['manifests', ...args], {}, place.directory);

describe('nightshift manifests', () => {
  it('rbac prints accounts, roles and bindings for the namespace asked for, ready to apply', async () => {
    const { code, stdout, stderr } = await manifests('rbac', '--namespace', 'ops');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^# The least rights Nightshift needs for its runbooks: etcd-heartbeat, node-not-ready\.\n/);
    expect(stdout).toContain('#   nightshift manifests rbac --namespace ops | kubectl apply -f -\n');
    const accounts = parseAllDocuments(stdout)
      .map((document) => document.toJS())
      .filter(({ kind }) => kind === 'ServiceAccount');
    expect(accounts.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
      'ops/nightshift-reader',
      'ops/nightshift-fixer',
    ]);
  });

  it('has no other kind yet, and says so', async () => {
    const { code, stdout, stderr } = await manifests('rbak');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('nightshift: there is no manifest "rbak"; did you mean rbac?\nThere is: rbac\n');
  });

  it('wants a namespace that can be one', async () => {
    const { code, stderr } = await manifests('rbac', '--namespace', 'Ops: x');
    expect(code).toBe(2);
    expect(stderr).toContain('--namespace Ops: x: lower case letters');
  });
});
