import { describe, expect, it } from 'vitest';
import { beforeOf, outcomeOf } from '../../../engine/acting/outcome.ts';
import type { Measure } from '../../../engine/measure.ts';
import type { CauseReport, Report } from '../../../engine/report.ts';

type Verdict = CauseReport['verdict'];
type Seen = Verdict | Partial<CauseReport>;

const p99 = (value: number): Measure => {
  return { of: 'fsync p99 of etcd-1', value, unit: 'seconds', worseWhen: 'higher', clearlyWorse: 4 };
};

/** A report of three causes: the one a fix was offered for, another one, and one that somebody chose. */
function seen(slowDisk: Seen, recovered: Verdict, others: { stuck?: Seen; cordoned?: Seen } = {}): Report {
  const cause = (id: string, title: string, one: Seen): CauseReport => {
    const { verdict = 'inconclusive', ...more } = typeof one === 'string' ? { verdict: one } : one;
    return { id, title, verdict, reason: `${id} is ${verdict}`, cites: [], missing: [], ...more };
  };
  const { stuck = 'ruled-out', cordoned = 'ruled-out' } = others;
  return {
    causes: [
      cause('slowDisk', 'The disk is slow', slowDisk),
      cause('stuck', 'A member is stuck', stuck),
      cause('cordoned', 'Somebody cordoned it', cordoned),
    ],
    evidence: [{ id: 'fsync', title: 'WAL fsync', reason: 'no answer within 5000 ms', shown: '' }],
    recovered: { verdict: recovered, reason: `recovered is ${recovered}` },
  } as unknown as Report;
}

const runbook = {
  causes: { cordoned: { title: 'Somebody cordoned it', judge: () => never(), chosen: true as const } },
};
function never(): never {
  throw new Error('nothing is judged here');
}

const judged = (before: Report, after: Report) =>
  outcomeOf({ cause: { id: 'slowDisk', title: '', reason: '' }, before: beforeOf(before) }, after, runbook);

const broken = seen('confirmed', 'ruled-out');
const slow = seen({ verdict: 'confirmed', measure: p99(0.212) }, 'ruled-out');
/** Its readiness was never in question: a node that is cordoned and well. */
const well = seen('confirmed', 'confirmed');

describe('a fix is called fixed', () => {
  it('when its cause is ruled out', () => {
    expect(judged(broken, seen('ruled-out', 'inconclusive'))).toEqual({
      verdict: 'fixed',
      reason: 'The disk is slow? No more: slowDisk is ruled-out',
    });
  });

  it('when what was not well is, though a window still shows the cause: its figure has fallen, and is said', () => {
    const after = seen({ verdict: 'confirmed', measure: p99(0.0031) }, 'confirmed');

    expect(judged(slow, after)).toEqual({
      verdict: 'fixed',
      reason: 'fsync p99 of etcd-1 212 ms → 3.1 ms; recovered is confirmed',
    });
  });

  it('when what was not well is, and nothing confirms the cause any more', () => {
    expect(judged(broken, seen('inconclusive', 'confirmed'))).toMatchObject({ verdict: 'fixed' });
  });

  it('when another cause that was there before is all that is left', () => {
    const before = seen('confirmed', 'ruled-out', { stuck: 'confirmed' });

    expect(judged(before, seen('ruled-out', 'ruled-out', { stuck: 'confirmed' }))).toEqual({
      verdict: 'fixed',
      reason: 'The disk is slow? No more: slowDisk is ruled-out. Still there, as before: A member is stuck',
    });
  });

  it('though a state that somebody chose has come about: a cordon harms nobody', () => {
    expect(judged(well, seen('ruled-out', 'confirmed', { cordoned: 'confirmed' }))).toMatchObject({ verdict: 'fixed' });
  });
});

describe('a fix is not called fixed', () => {
  it('because the target looks well, if it did so before: the cause has to go', () => {
    expect(judged(well, seen('confirmed', 'confirmed'))).toEqual({
      verdict: 'not-fixed',
      reason: 'slowDisk is confirmed',
    });
  });

  it('because the target looks well, while the cause stands and its figure has not fallen', () => {
    const after = seen({ verdict: 'confirmed', measure: p99(0.212) }, 'confirmed');

    expect(judged(slow, after)).toEqual({
      verdict: 'not-fixed',
      reason: 'fsync p99 of etcd-1 212 ms → 212 ms; slowDisk is confirmed',
    });
  });

  it('because the cause is ruled out, while the target is not well and nothing else explains that', () => {
    expect(judged(broken, seen('ruled-out', 'ruled-out'))).toMatchObject({
      verdict: 'not-fixed',
      reason: expect.stringContaining('recovered is ruled-out'),
    });
  });

  it('because the cause is not decided, while the target is seen not to be well', () => {
    expect(judged(broken, seen({ missing: ['fsync'] }, 'ruled-out'))).toMatchObject({ verdict: 'not-fixed' });
  });
});

describe('a fix made it worse', () => {
  it('when another cause is confirmed that was not', () => {
    expect(judged(broken, seen('confirmed', 'ruled-out', { stuck: 'confirmed' }))).toEqual({
      verdict: 'worse',
      reason: 'A member is stuck: stuck is confirmed',
    });
  });

  it('also when its own cause is gone meanwhile', () => {
    const after = seen('ruled-out', 'ruled-out', { stuck: 'confirmed' });

    expect(judged(broken, after)).toMatchObject({ verdict: 'worse' });
  });

  it('when the figure of its cause is clearly worse, which is said first', () => {
    expect(judged(slow, seen({ verdict: 'confirmed', measure: p99(0.9) }, 'ruled-out'))).toEqual({
      verdict: 'worse',
      reason: 'fsync p99 of etcd-1 212 ms → 900 ms; slowDisk is confirmed',
    });
  });

  it('not when the figure is somewhat worse', () => {
    const after = seen({ verdict: 'confirmed', measure: p99(0.4) }, 'ruled-out');

    expect(judged(slow, after)).toMatchObject({ verdict: 'not-fixed', reason: expect.stringContaining('→ 400 ms') });
  });

  it('when the figure of another cause that was there before is', () => {
    const before = seen('confirmed', 'ruled-out', { stuck: { verdict: 'confirmed', measure: p99(0.1) } });
    const after = seen('ruled-out', 'ruled-out', { stuck: { verdict: 'confirmed', measure: p99(0.5) } });

    expect(judged(before, after)).toMatchObject({
      verdict: 'worse',
      reason: expect.stringContaining('100 ms → 500 ms'),
    });
  });

  it('when what looked well does not any more', () => {
    expect(judged(well, seen('ruled-out', 'ruled-out'))).toEqual({
      verdict: 'worse',
      reason: 'it was well before: recovered is ruled-out',
    });
  });
});

describe('what could not be told before is nothing new', () => {
  const before = seen('confirmed', 'ruled-out', { stuck: 'inconclusive' });

  it('its own cause stays: it is not fixed, and not worse', () => {
    expect(judged(before, seen('confirmed', 'ruled-out', { stuck: 'confirmed' }))).toEqual({
      verdict: 'not-fixed',
      reason:
        'slowDisk is confirmed. It could not be told before, and is seen now: A member is stuck: stuck is confirmed',
    });
  });

  it('of plans that were stored without it nothing counts as new either', () => {
    const { ruledOut: _unknown, ...stored } = beforeOf(broken);
    const after = seen('confirmed', 'ruled-out', { stuck: 'confirmed' });

    expect(
      outcomeOf({ cause: { id: 'slowDisk', title: '', reason: '' }, before: stored }, after, runbook),
    ).toMatchObject({
      verdict: 'not-fixed',
    });
  });

  it('once what only kept causes from being seen is gone, that is fixed, whatever is seen now', () => {
    const sight = { causes: { slowDisk: { title: '', judge: () => never(), sight: true as const } } };
    const about = {
      cause: { id: 'slowDisk', title: '', reason: '' },
      before: beforeOf(seen('inconclusive', 'ruled-out')),
    };

    expect(outcomeOf(about, seen('ruled-out', 'ruled-out', { stuck: 'confirmed' }), sight)).toMatchObject({
      verdict: 'fixed',
      reason: expect.stringContaining('is seen now: A member is stuck'),
    });
    expect(outcomeOf(about, seen('inconclusive', 'confirmed'), sight)).toMatchObject({ verdict: 'not-fixed' });
    expect(outcomeOf(about, seen({ missing: ['fsync'] }, 'confirmed'), sight)).toMatchObject({
      verdict: 'cannot-tell',
    });
  });
});

describe('whether a fix helped cannot be told', () => {
  it('when evidence is missing, which is named with its reason', () => {
    expect(judged(broken, seen({ missing: ['fsync'] }, 'inconclusive'))).toEqual({
      verdict: 'cannot-tell',
      reason: 'it cannot be told, evidence is missing: WAL fsync (no answer within 5000 ms)',
    });
  });

  it('when the evidence was seen and decides nothing', () => {
    expect(judged(broken, seen('inconclusive', 'inconclusive'))).toEqual({
      verdict: 'cannot-tell',
      reason: 'it cannot be told: slowDisk is inconclusive',
    });
  });

  it('when another cause is seen that could not be seen before, though its own is gone', () => {
    const before = seen('confirmed', 'ruled-out', { stuck: 'inconclusive' });

    expect(judged(before, seen('ruled-out', 'ruled-out', { stuck: 'confirmed' }))).toEqual({
      verdict: 'cannot-tell',
      reason:
        'The disk is slow? No more: slowDisk is ruled-out. It could not be told before, and is seen now: A member is stuck: stuck is confirmed',
    });
  });

  it('when it is well and nobody could tell whether it was so before, and its cause is not decided', () => {
    expect(judged(seen('confirmed', 'inconclusive'), seen('inconclusive', 'confirmed'))).toMatchObject({
      verdict: 'cannot-tell',
    });
  });

  it('when its cause is no longer looked at', () => {
    const after = { ...seen('confirmed', 'inconclusive'), causes: [] };

    expect(judged(broken, after)).toMatchObject({ verdict: 'cannot-tell' });
  });
});
