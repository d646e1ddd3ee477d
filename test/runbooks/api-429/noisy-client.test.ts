import { expect, it } from 'vitest';
import { written } from './cases.ts';
import { look } from './world.ts';

/** What is said of the noisy flow, and whether a fix may touch anybody. */
async function noisyFlowIn(name: string) {
  const made = written[name]?.world;
  if (!made) throw new Error(`no case ${name}`);
  const { causes, remedies } = await look(made);
  const cause = causes.find(({ id }) => id === 'noisyFlow');
  return { verdict: cause?.verdict, reason: cause?.reason ?? '', remedies };
}

it('a client of another flow of the level is not named for the one that asks more, and no fix touches it', async () => {
  const { verdict, reason, remedies } = await noisyFlowIn('noisy-flow-and-a-client-of-another');

  expect(verdict).toBe('confirmed');
  expect(reason).toMatch(/^flow batch-robots is served 240\/s \(yesterday 55\/s\)/);
  expect(remedies.map(({ id }) => id)).toEqual(['isolateFlow', 'stopClient']);
  for (const remedy of remedies)
    expect(remedy).toMatchObject({ unavailable: expect.stringMatching(/^no one client of the flow that asks more/) });
});

it('a crowd of which nobody stands out is not called one client', async () => {
  const made = written['many-clients-at-once']?.world;
  const { causes } = made ? await look(made) : { causes: [] };

  expect(causes.find(({ id }) => id === 'noisyFlow')).toMatchObject({
    verdict: 'confirmed',
    title: 'Many clients at once ask too much',
    reason: expect.stringMatching(
      /^40 clients have the 80 requests that wait or run there, none of them more than 2; flow/,
    ),
  });
});

it('where there is no yesterday, a client of a flow that is not refused is not named either', async () => {
  const { verdict, reason } = await noisyFlowIn('client-of-a-flow-not-refused');

  expect(verdict).toBe('inconclusive');
  expect(reason).not.toMatch(/scanner/);
});
