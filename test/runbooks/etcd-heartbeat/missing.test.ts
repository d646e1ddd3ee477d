import { describe, expect, it } from 'vitest';
import { written } from './cases.ts';
import { look, type World } from './world.ts';

const evidence = [
  'members',
  'heartbeats',
  'fsync',
  'scrapes',
  'scrapeErrors',
  'peers',
  'apply',
  'space',
  'container',
  'nodeLoad',
  'machines',
  'apiServerView',
];

async function confirmedIn(world: World): Promise<readonly string[]> {
  return (await look(world)).causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id);
}

/** Causes ruled out in this world of those that were confirmed. */
async function lost(world: World, confirmed: readonly string[], witness: string): Promise<readonly string[]> {
  return (await look(world)).causes
    .filter(({ id, verdict }) => verdict === 'ruled-out' && confirmed.includes(id))
    .map(({ id }) => `${id} without ${witness}`);
}

describe('missing evidence', () => {
  it.each(Object.entries(written))('never rules out what it would have confirmed: %s', async (_, { world }) => {
    const confirmed = await confirmedIn(world);

    for (const witness of evidence) {
      const absent = { ...world, without: new Set([...world.without, witness]) };
      const failing = { ...world, failing: new Map([...world.failing, [witness, 'timed-out' as const]]) };
      expect(await lost(absent, confirmed, witness)).toEqual([]);
      expect(await lost(failing, confirmed, witness)).toEqual([]);
    }
    for (const system of ['Kubernetes', 'Prometheus']) {
      const failing = { ...world, failing: new Map([...world.failing, [system, 'unreachable' as const]]) };
      expect(await lost(failing, confirmed, system)).toEqual([]);
    }
  });
});
