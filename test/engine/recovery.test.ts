import { describe, expect, it } from 'vitest';
import type { Source } from '../../engine/readers.ts';
import { confirmed, ruledOut } from '../../engine/verdict.ts';
import { answering, clock, run, runbookReading } from './reading.ts';

describe('a look that finds the object well', () => {
  const looking = async (present: object) => {
    const reading = runbookReading({ up: ({ kube }) => kube.find('Node', 'worker-3').then(() => 1) }, () =>
      confirmed('it is off'),
    );
    const cause = { title: 'It is off', judge: () => confirmed('no answer'), ...present };
    const runbook = { ...reading, causes: { cause }, recovered: () => confirmed('it answers') };
    return (
      await run(
        runbook,
        answering(() => 1),
      )
    ).recovered;
  };

  it('has not recovered while a cause of the present is confirmed', async () => {
    expect(await looking({ present: true })).toEqual({ verdict: 'ruled-out', reason: 'It is off: no answer' });
  });

  it('may have recovered from what the last minutes still show', async () => {
    expect(await looking({})).toEqual({ verdict: 'confirmed', reason: 'it answers' });
  });
});

describe('evidence answered in part', () => {
  const judgedOn = async (partial: string | undefined, judge: typeof confirmed) => {
    const source: Source = {
      read: async () => ({ body: 1, bytes: 1, asked: 'up', asOf: clock.now(), ...(partial ? { partial } : {}) }),
    };
    const reading = runbookReading({ up: ({ kube }) => kube.get('Node', 'worker-3') }, ({ up }) =>
      judge(`up is ${up}`),
    );
    const recovered = ({ up }: Record<string, unknown>) => judge(`up is ${up}`);
    return run({ ...reading, recovered }, source);
  };

  it('rules out no cause and shows no recovery, since both rest on what was not seen', async () => {
    const [ruled, well] = [await judgedOn('a store is away', ruledOut), await judgedOn('a store is away', confirmed)];

    expect(ruled.causes[0]).toMatchObject({
      verdict: 'inconclusive',
      reason: 'up is 1; but "Evidence up" was answered in part only: a store is away',
    });
    expect(well.recovered.verdict).toBe('inconclusive');
    expect(well.causes[0]?.verdict).toBe('confirmed');
    expect(well.evidence[0]?.shown).toBe('1; answered in part only: a store is away');
  });

  it('is believed when it is whole', async () => {
    expect((await judgedOn(undefined, ruledOut)).causes[0]?.verdict).toBe('ruled-out');
    expect((await judgedOn(undefined, confirmed)).recovered.verdict).toBe('confirmed');
  });
});
