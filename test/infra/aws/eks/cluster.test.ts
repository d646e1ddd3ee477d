import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../../engine/action.ts';
import { WriteFailure } from '../../../../engine/action.ts';
import { failureOf } from '../../../contract/source.ts';
import { limits, node } from '../../kubernetes/guarded.ts';
import { tlsFile } from '../../kubernetes/loopback.ts';
import { eksStage, fixerRole, fixers, haveKeys, ours } from './stage.ts';

const stage = eksStage();
const cordon: Action = {
  verb: 'patch',
  object: { kind: 'Node', name: 'worker-3' },
  type: 'strategic',
  body: { spec: { unschedulable: true } },
};
const distinctTokens = () => new Set(stage.tokens.map(({ token }) => token)).size;
const asked = 'eu-west-1/eks GET /clusters/prod-eu by AKIAIOSFODNN7EXAMPLE';

describe('an EKS cluster', () => {
  it('is asked nothing, and asks AWS nothing, until somebody reads', async () => {
    stage.open();
    stage.open({ roleArn: fixerRole });

    expect([stage.asked, stage.tokens]).toEqual([[], []]);
  });

  it('is found by one question to EKS however many reads begin together, and lets them in with one token', async () => {
    const { source } = stage.open();

    const answers = await Promise.all(Array.from({ length: 8 }, () => source.read(node, limits)));

    expect(answers.map(({ body }) => body)).toEqual(Array(8).fill({ kind: 'Node' }));
    expect(stage.asked).toEqual([asked]);
    expect(distinctTokens()).toBe(1);
  });

  it('believes only the certificate authority that EKS names', async () => {
    const other = readFileSync(tlsFile('other-ca.crt')).toString('base64');
    stage.describe = () => stage.active(undefined, other);

    const failure = await failureOf(stage.open().source.read(node, limits), 'unreachable');

    expect(failure.message).toContain('signed by an authority that is not trusted');
    expect(stage.tokens).toEqual([]);
  });
});

describe('its kubelets', () => {
  const stats = { verb: 'kubelet', node: 'worker-3', path: '/stats/summary' } as const;

  it('are not asked unless that is configured', async () => {
    await failureOf(stage.open().source.read(stats, limits), 'not-configured');
    expect(stage.tokens).toEqual([]);
  });

  it('are looked for by what the API server says of their Node; what fails there is not the word of EKS', async () => {
    const { source } = stage.open({ kubelet: { ca: 'cluster' } });
    const failure = await failureOf(source.read(stats, limits), 'not-served');
    expect(failure.message).toBe('Node worker-3 names no InternalIP with a port of its kubelet');
    expect(stage.tokens).toHaveLength(1);
  });
});

describe('its token', () => {
  it('is kept for a while, never sent after 14 minutes, and every one is accepted', async () => {
    const { source } = stage.open();
    const firstSent = new Map<string, number>();
    let oldestMinutes = 0;

    for (let minute = 0; minute <= 60; minute += 1) {
      await source.read(node, limits);
      const token = stage.tokens.at(-1)?.token ?? '';
      if (!firstSent.has(token)) firstSent.set(token, minute);
      oldestMinutes = Math.max(oldestMinutes, minute - (firstSent.get(token) ?? minute));
      stage.minutesPass(1);
    }

    expect(stage.tokens.filter(({ refused }) => refused)).toEqual([]);
    expect(oldestMinutes).toBeLessThan(14);
    expect(firstSent.size).toBe(5);
  });

  it('that was slept over, as in a frozen function, is made anew before it is sent', async () => {
    const { source } = stage.open();
    await source.read(node, limits);
    stage.minutesPass(47);
    await source.read(node, limits);

    expect(stage.tokens.map(({ refused }) => refused)).toEqual([undefined, undefined]);
  });

  it('that a clock put right has left in the future is made anew', async () => {
    const { source } = stage.open();
    await source.read(node, limits);
    stage.minutesPass(-90);
    await source.read(node, limits);

    expect(distinctTokens()).toBe(2);
  });

  it('dies with the keys that signed it', async () => {
    const soon = new Date(Date.now() + 7 * 60_000).toISOString();
    const { body } = stage.assume();
    stage.assume = () => ({ status: 200, body: body.replace(/(?<=<Expiration>)[^<]*/, soon) });
    const { source } = stage.open({ roleArn: fixerRole });
    await source.read(node, limits);
    stage.minutesPass(5);
    await source.read(node, limits);
    expect(distinctTokens()).toBe(1);

    stage.minutesPass(1.5);
    await source.read(node, limits);
    expect(distinctTokens()).toBe(2);
  });

  it('that is refused is made anew once, with the keys that are there now, and the read goes on', async () => {
    const { source } = stage.open();
    await source.read(node, limits);
    const rotated = { accessKeyId: 'AKIAROTATED', secretAccessKey: 'another' };
    stage.keys = [rotated];
    haveKeys(rotated);

    const answers = await Promise.all(Array.from({ length: 5 }, () => source.read(node, limits)));

    expect(answers).toHaveLength(5);
    expect(stage.tokens.at(-1)?.refused).toBeUndefined();
    expect(distinctTokens()).toBe(2);
  });

  it('that stays refused is told, with the access entry that is missing, and not tried for ever', async () => {
    stage.refuses = () => 'no access entry';
    const { source } = stage.open({ roleArn: fixerRole });

    const failure = await failureOf(source.read(node, limits), 'unauthorized');

    expect(failure.message).toBe(`the EKS cluster prod-eu does not accept the token of ${fixerRole} (401)`);
    expect(failure.remedy).toContain('aws eks create-access-entry --region eu-west-1 --cluster-name prod-eu');
    expect(failure.remedy).toContain(`--principal-arn ${fixerRole}`);
    expect(stage.tokens).toHaveLength(2);
  });
});

describe('another role', () => {
  it('is assumed for the questions to EKS and for the token', async () => {
    const { source } = stage.open({ roleArn: fixerRole });
    stage.keys = [fixers];

    await source.read(node, limits);
    stage.minutesPass(20);
    await source.read(node, limits);

    expect(stage.asked).toEqual([
      `eu-west-1/sts POST ${fixerRole} by ${ours.accessKeyId}`,
      `eu-west-1/eks GET /clusters/prod-eu by ${fixers.accessKeyId}`,
    ]);
    expect(stage.tokens.map(({ refused }) => refused)).toEqual([undefined, undefined]);
  });

  it('is needed by nobody who only looks', async () => {
    const reader = stage.open();
    const fixer = stage.open({ roleArn: fixerRole });
    stage.keys = [ours];
    await reader.source.read(node, limits);
    expect(stage.asked).toEqual([asked]);

    stage.keys = [fixers];
    await fixer.writer.apply(cordon, limits);
    expect(stage.asked.slice(1)).toEqual([
      expect.stringContaining(fixerRole),
      expect.stringContaining(fixers.accessKeyId),
    ]);
  });
});

describe('a write', () => {
  it('that is refused is not sent again; the next one has a new token', async () => {
    const { writer } = stage.open();
    await writer.rehearse(cordon, limits);
    const [first] = stage.tokens;
    stage.refuses = (token) => (token === first?.token ? 'old' : undefined);
    stage.minutesPass(1);

    const failure = await writer.apply(cordon, limits).catch((thrown: unknown) => thrown);

    expect(failure).toBeInstanceOf(WriteFailure);
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      ambiguous: false,
      remedy: expect.stringContaining('access entry'),
    });
    expect(stage.tokens).toHaveLength(2);
    await writer.apply(cordon, limits);
    expect(stage.tokens.at(-1)?.refused).toBeUndefined();
  });

  it('that never left because AWS refused is surely not done', async () => {
    stage.describe = () => ({
      status: 403,
      body: '{"message":"no"}',
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    });
    const failure = await stage
      .open()
      .writer.apply(cordon, limits)
      .catch((thrown: unknown) => thrown);

    expect(failure).toMatchObject({ kind: 'forbidden', ambiguous: false });
    expect(stage.tokens).toEqual([]);
  });
});
