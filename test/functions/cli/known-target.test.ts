import { describe, expect, it } from 'vitest';
import { ReadFailure } from '../../../engine/errors.ts';
import { knownTarget } from '../../../functions/cli/known-target.ts';
import { lookup } from '../../engine/lookup.ts';

const known = (name: string, answers: Record<string, unknown> = {}) =>
  knownTarget({ name: 'prod-eu', match: {}, ...lookup(answers) }, { kind: 'Node', name });

describe('a node that a person asks for', () => {
  it('may be named by its address, or in capitals', async () => {
    expect(await known('10.0.0.2')).toEqual({ kind: 'Node', name: 'worker-2' });
    expect(await known('fd00::6')).toEqual({ kind: 'Node', name: 'worker-6' });
    expect(await known('WORKER-1')).toEqual({ kind: 'Node', name: 'worker-1' });
  });

  it('is refused where no node is called so, or two are', async () => {
    await expect(known('worker-22')).rejects.toThrow(
      'There is no node worker-22 in this cluster; did you mean worker-2?',
    );
    await expect(known('10.7.0.7')).rejects.toThrow(
      'No node is known by 10.7.0.7 in this cluster: give the name of the node',
    );
    await expect(known('10.0.0.9')).rejects.toThrow('10.0.0.9 is twin-a and twin-b: which?');
  });

  it('is taken at its word while the API server cannot be asked', async () => {
    const silent = new ReadFailure('timed-out', 'no answer');

    expect(await known('worker-9', { 'get Node worker-9': silent })).toEqual({ kind: 'Node', name: 'worker-9' });
  });

  it('is asked for in one small read where its name is right', async () => {
    const shared = lookup({ 'get Node worker-1': {} });
    await knownTarget({ name: 'prod-eu', match: {}, ...shared }, { kind: 'Node', name: 'worker-1' });

    expect(shared.asked).toEqual(['get Node worker-1']);
  });
});
