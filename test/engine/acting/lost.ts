import { expect } from 'vitest';
import { WriteFailure } from '../../../engine/action.ts';
import { CLUSTER } from '../../real/support/crash/stage.ts';
import { lab } from './lab.ts';

/** A cordon whose answer was lost: it has not arrived so far, and nobody knows. */
export async function lost() {
  const it = await lab([{ verb: 'cordon', node: 'worker-3' }]);
  it.faults.before = () => new WriteFailure('timed-out', 'no answer within 15 s', true);
  const { id } = await it.requested();
  expect(await it.approved(id)).toMatchObject({ state: 'unknown' });
  delete it.faults.before;
  const arrives = async () => {
    const [action] = it.sent;
    if (!action) throw new Error('nothing was sent');
    await it.acting.writers.get(CLUSTER)?.apply(action, { deadlineMs: 5_000 });
  };
  const undo = async () => {
    await it.press(id, 'undo', 'U0ASKER');
    return it.latest();
  };
  return { it, id, arrives, undo };
}
