import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { inconclusive } from '../../engine/verdict.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { faultsIn, type Matrix, tallied } from './diagnosis/matrix.ts';
import type { Outcome } from './diagnosis/outcome.ts';
import { admitted, matrices, page } from './diagnosis/page.ts';
import { complaintsAbout, strayTruths } from './diagnosis/truths.ts';

/** All cases are replayed: seconds on an idle machine. */
const EVERY_CASE_MS = 120_000;

describe('what is really wrong', () => {
  it.each(catalog.map((runbook) => ({ id: runbook.id, runbook })))(
    'is written down of each case of $id, once, in causes that it can tell',
    ({ runbook }) => {
      expect(complaintsAbout(runbook)).toEqual([]);
    },
  );

  it('is written down of runbooks that exist', () => {
    expect(strayTruths).toEqual([]);
  });

  it('is asked for by the file where it belongs when a case is new, doubled, gone or of an unknown cause', () => {
    const id = 'any-alert';
    const runbook = catalog.find((one) => one.id === id);
    if (!runbook) throw new Error(`there is no ${id}`);
    const file = `test/runbooks/diagnosis/truth/${id}.ts`;
    const complaints = complaintsAbout(runbook, [
      { is: ['memoryLimit'], perhaps: ['memoryLimit', 'gremlins'], cases: 'out-of-memory crash-lop' },
      { is: [], cases: 'out-of-memory' },
    ]);

    expect(complaints).toContain(
      `test/cases/${id}/crash-loop.json: what is really wrong in it? Name it in a group of ${file}`,
    );
    expect(complaints.filter((words) => !words.startsWith('test/cases/'))).toEqual([
      `${file}: there is no case crash-lop`,
      `${file}: out-of-memory is in two groups`,
      expect.stringContaining(`${file}: ${id} cannot tell a cause gremlins (it can: newVersion, `),
      `${file}: memoryLimit cannot be so and perhaps be so`,
    ]);
    expect(complaintsAbout({ ...runbook, id: 'not-yet' })).toEqual([
      'not-yet: write down what is really wrong in its cases as test/runbooks/diagnosis/truth/not-yet.ts, and list it in truths.ts',
    ]);
  });
});

describe('the table', () => {
  const judge = () => inconclusive('');
  const runbook = {
    ...{ id: 'pod-looks', title: 'A pod is looked at' },
    causes: { a: { title: 'A', judge }, b: { title: 'B', judge }, blind: { title: 'Unseen', judge, sight: true } },
  } as const;
  const outcome = (truth: Outcome['truth'], found: Partial<Outcome> = {}): Outcome => ({
    ...{ name: truth.cases, about: '', truth, recorded: false },
    ...{ named: [], open: [], wrong: [], falselyRuledOut: [] },
    ...found,
  });
  const matrix = tallied(runbook, [
    outcome({ is: ['a'], cases: 'named' }, { named: ['a'] }),
    outcome({ is: ['a', 'b'], cases: 'one-of-two' }, { named: ['a'], open: ['b'] }),
    outcome({ is: ['a'], unseen: true, cases: 'blind' }, { open: ['a'] }),
    outcome({ is: ['a'], cases: 'another-instead' }, { wrong: ['b'], falselyRuledOut: ['a'] }),
    outcome({ is: [], cases: 'nothing' }),
    outcome({ is: [], perhaps: ['a'], cases: 'a-guess' }, { wrong: ['a'] }),
    outcome({ is: [], perhaps: ['b'], cases: 'a-denial' }, { falselyRuledOut: ['b'] }),
  ]);

  it('counts each true cause where it was named, left open, or another was named instead', () => {
    expect(matrix.rows.map(({ confirmed, ...row }) => ({ ...row, confirmed: Object.fromEntries(confirmed) }))).toEqual([
      { cause: 'a', cases: 4, confirmed: { a: 2, b: 1 }, open: 1, unseen: 1, ruledOut: 1 },
      { cause: 'b', cases: 1, confirmed: {}, open: 1, unseen: 0, ruledOut: 0 },
      { cause: 'nothing', cases: 1, confirmed: {}, open: 1, unseen: 0, ruledOut: 0 },
      { cause: 'unsettled', cases: 2, confirmed: { a: 1 }, open: 0, unseen: 0, ruledOut: 1 },
    ]);
    expect(matrix.totals).toEqual({
      ...{ cases: 7, recorded: 0, causes: 5, named: 2, open: 2, unseen: 1 },
      ...{ wrong: 2, ruledOut: 2 },
    });
  });

  it('has no column for what is never confirmed, and names every fault', () => {
    expect([...matrix.causes.keys()]).toEqual(['a', 'b']);
    expect(faultsIn(matrix)).toEqual([
      'pod-looks/another-instead: b is confirmed',
      'pod-looks/another-instead: a is ruled out',
      'pod-looks/a-guess: a is confirmed',
      'pod-looks/a-denial: b is ruled out',
    ]);
  });
});

describe('against that', () => {
  let all: readonly Matrix[] = [];
  beforeAll(async () => {
    all = await matrices();
  }, EVERY_CASE_MS);

  it('nothing is confirmed that is not so, and nothing is ruled out that is', () => {
    const faults = all.flatMap(faultsIn);

    expect(faults.filter((fault) => admitted[fault] === undefined)).toEqual([]);
    expect(
      Object.keys(admitted).filter((fault) => !faults.includes(fault)),
      'mended: take it out of admitted.json',
    ).toEqual([]);
    for (const [fault, reason] of Object.entries(admitted)) expect(reason, `why? ${fault}`).toMatch(/\w{3,} \w/);
  });

  it('every cause is named in some case, and none of its cases is lost from the table', () => {
    const never = all.flatMap(({ id, causes, outcomes }) =>
      [...causes.keys()]
        .filter((cause) => !outcomes.some(({ named }) => named.includes(cause)))
        .map((cause) => `${id}: ${cause}`),
    );
    const lost = all.flatMap(({ rows, outcomes }) =>
      rows
        .filter(({ cause, confirmed, open, cases }) => open + (confirmed.get(cause) ?? 0) > cases)
        .map(({ cause }) => cause)
        .concat(
          outcomes.flatMap(({ truth, named, open, falselyRuledOut, name }) =>
            truth.is.every((cause) => [...named, ...open, ...falselyRuledOut].includes(cause)) ? [] : [name],
          ),
        ),
    );

    expect(never).toEqual([]);
    expect(lost).toEqual([]);
  });

  it('docs/diagnosis.md says so: if not, run npm run generate', () => {
    expect(readFileSync(new URL('../../docs/diagnosis.md', import.meta.url), 'utf8')).toBe(page(all));
  });
});
