import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../runbooks/catalog.ts';
import { nightshift, workplace } from './process.ts';

async function typed(yaml: string, ...args: string[]) {
  using place = workplace();
  writeFileSync(join(place.directory, 'nightshift.yaml'), yaml);
  const { code, stdout, stderr } = await nightshift(args, {}, place.directory);
  return { code, said: (stdout + stderr).replace(/\s+/g, ' ') };
}

const ids = catalog.map(({ id }) => id);
const off = ids.filter((id) => id !== 'node-not-ready').join(', ');
/** All but one. */
const without = `runbooks: { disabled: [${off}] }\n`;

describe('a runbook that is switched off in nightshift.yaml', () => {
  it('is not among those that are listed, and the list says so', async () => {
    const { code, said } = await typed(without, 'runbooks');
    expect(code).toBe(0);
    expect(said).not.toContain('etcd sends heartbeats late');
    expect(said).toContain(`Switched off in the configuration (runbooks.disabled): ${off}`);
    const listed = JSON.parse((await typed(without, 'runbooks', '--json')).said) as { id: string }[];
    expect(listed.map(({ id }) => id)).toEqual(['node-not-ready']);
  });

  it('asks for no rights', async () => {
    const [all, fewer] = [await typed('', 'manifests', 'rbac'), await typed(without, 'manifests', 'rbac')];
    expect(all.said).toContain(`for its runbooks: ${ids.join(', ')}.`);
    expect(fewer.said).toContain('for its runbooks: node-not-ready.');
    expect(all.said).toContain('pods/eviction');
    expect(fewer.said).not.toContain('pods/eviction');
  });

  it('answers no alert, and cannot be asked for', async () => {
    expect((await typed(without, 'drill', 'etcd-slow-disk')).said).toContain(
      'no runbook answers the alert of etcd-slow-disk',
    );
    const asked = await typed(without, 'investigate', 'etcd-heartbeat', '--target', 'component/etcd');
    expect(asked).toMatchObject({ code: 2, said: expect.stringContaining('There is no runbook etcd-heartbeat') });
  });

  it('has to be one: a name nobody has is refused, with the nearest', async () => {
    const { code, said } = await typed('runbooks: { disabled: [etcd-hartbeat] }\n', 'runbooks');
    expect(code).toBe(2);
    expect(said).toContain(
      'runbooks.disabled.0: there is no runbook etcd-hartbeat; did you mean etcd-heartbeat?; `nightshift runbooks` lists them',
    );
    expect((await typed('runbooks: { disable: [] }\n', 'runbooks')).said).toContain('did you mean disabled?');
  });
});
