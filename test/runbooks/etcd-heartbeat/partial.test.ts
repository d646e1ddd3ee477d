import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { investigate } from '../../../engine/investigate.ts';
import { caseClock, caseSource } from '../../../engine/replay.ts';
import { anyRunbook } from '../../../engine/runbook.ts';
import { sourceOf } from '../../../infra/kubernetes/source.ts';
import { prometheusFrom } from '../../../infra/prometheus/client.ts';
import { runbook } from '../../../runbooks/etcd-heartbeat/index.ts';
import { caseOf, world } from './world.ts';

const warning = 'store eu-1 unavailable (partial response)';

/** A healthy cluster whose Thanos answers every query with these series and this warning. */
async function lookThrough(result: readonly unknown[], warnings: readonly string[] = [warning]) {
  const server = createServer((_, response) => {
    const answer = { status: 'success', data: { resultType: 'vector', result }, warnings };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const prometheus = prometheusFrom({ url, version: '1.2.3' });
  onTestFinished(prometheus.close);
  const { target, cluster, ...recorded } = caseOf(world());
  const healthy = { target, cluster, ...recorded };
  const source = sourceOf({ kubernetes: caseSource(healthy), prometheus: prometheus.source });
  return investigate(anyRunbook(runbook), target, { source, clock: caseClock(healthy), cluster });
}

describe('a Prometheus that answers in part only', () => {
  it('with no series is not taken for one that scrapes no etcd', async () => {
    const { causes, evidence } = await lookThrough([]);
    const reason = causes.find(({ id }) => id === 'notObservable')?.reason;

    expect(reason).toContain('Prometheus could not be asked');
    expect(reason).not.toMatch(/scrapes no etcd|managed/);
    expect(evidence.find(({ id }) => id === 'members')).toMatchObject({
      status: 'failed',
      shown: expect.stringContaining(`answered in part only, and nothing in it: ${warning}`),
    });
  });

  it('and with no warning is: then that is the answer', async () => {
    const { causes } = await lookThrough([], []);

    expect(causes.find(({ id }) => id === 'notObservable')?.reason).toContain('Prometheus scrapes no etcd');
  });

  it('rules nothing out by what it holds, and shows the warning', async () => {
    const members = ['10.0.0.1:2381', '10.0.0.2:2381', '10.0.0.3:2381'].flatMap((instance, index) =>
      Object.entries({ up: 1, hasLeader: 1, id: 1, late: 0 }).map(([figure, value]) => ({
        metric: { instance, figure, server_id: `a${index}` },
        value: [1_795_244_672, String(value)],
      })),
    );
    const full = await lookThrough(members, []);
    const partly = await lookThrough(members);
    const verdictOf = ({ causes }: typeof full) => causes.find(({ id }) => id === 'quorumLost');

    expect(verdictOf(full)?.verdict).toBe('ruled-out');
    expect(verdictOf(partly)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(
        /; but "etcd members as Prometheus sees them" was answered in part only: store eu-1/,
      ),
    });
    expect(partly.evidence.find(({ id }) => id === 'members')?.shown).toContain(`; answered in part only: ${warning}`);
  });
});
