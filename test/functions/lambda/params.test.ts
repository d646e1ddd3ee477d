import { describe, expect, it } from 'vitest';
import { checkParams } from '../../../functions/lambda/package/params.ts';
import { checkedWith } from './stack-copy.ts';

describe('the parameters in serverless.yml', () => {
  const changed = (change: (yaml: string) => string) => checkedWith(checkParams, change);
  const ofStage = (params: string, stage = 'test') =>
    changed((yaml) => yaml.replace('params:\n', `params:\n  ${stage}: { ${params} }\n`));

  it('are taken as they stand', async () => {
    await expect(changed((yaml) => yaml)).resolves.toBeUndefined();
    await expect(ofStage('logLevel: debug, announceSeconds: 30')).resolves.toBeUndefined();
  });

  it.each([
    ['logLevel: trace', 'params.test.logLevel: it takes silent, error, warn, info, debug'],
    ['announceOldestSeconds: 10m', 'params.test.announceOldestSeconds: it takes a whole number above zero'],
    ['announceOldestSeconds: 0', 'params.test.announceOldestSeconds: it takes a whole number above zero'],
    ['memoryMb: 512.5', 'params.test.memoryMb: it takes a whole number above zero'],
    ['anounceSeconds: 30', 'params.test.anounceSeconds: nothing reads it; did you mean announceSeconds?'],
    ['colour: 3', 'params.test.colour: nothing reads it'],
  ])('are refused: %s', async (params, words) => {
    await expect(ofStage(params)).rejects.toThrow(words);
  });

  it('are refused for a stage whose roles would have too long a name', async () => {
    await expect(ofStage('memoryMb: 512', 'acceptance-of-the-payments-team')).rejects.toThrow(
      'params.acceptance-of-the-payments-team: a stage is called by at most 26 letters',
    );
  });
});
