import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Accounts, IncidentAccount } from '../../../engine/accounts.ts';
import type { Report } from '../../../engine/report.ts';
import { incidentsPage } from '../../../functions/cli/incidents-page.ts';

const now = new Date('2026-11-21T05:00:00Z');
const plain = { columns: 80, colour: false };

function incident(change: Partial<IncidentAccount>): IncidentAccount {
  return {
    id: '0a1b2c3d4e5f-1',
    state: 'diagnosed',
    cluster: 'prod-eu',
    runbook: 'node-not-ready',
    target: 'node/worker-3',
    openedAt: '2026-11-21T02:41:10.000Z',
    since: '2026-11-21T02:40:00.000Z',
    severity: 'critical',
    alerts: { KubeNodeNotReady: 1 },
    firing: 1,
    posted: true,
    plans: [],
    ...change,
  };
}

const report = {
  causes: [
    { id: 'a', title: 'The machine is down', verdict: 'ruled-out' },
    { id: 'b', title: 'The kubelet is stopped, or keeps restarting', verdict: 'confirmed' },
  ],
} as unknown as Report;

function counts(change: Partial<Accounts['totals']> = {}): Accounts['totals'] {
  return {
    webhooks: { received: 1, rejected: 0 },
    alerts: {},
    incidents: { open: 0, folded: 0, closed: 0 },
    ...change,
  };
}

function page(accounts: Partial<Accounts>, options = plain, unread = 0): string {
  return incidentsPage({ incidents: [], webhooks: [], totals: counts(), ...accounts }, unread, [], now, options);
}

describe('nightshift incidents', () => {
  it('says that nobody said when it began', () => {
    const { since: _since, ...unknown } = incident({});

    expect(page({ incidents: [unknown] })).toContain('  unknown since when, 1 alert, 1 firing');
  });

  it('says of a sender whose clock is ahead by how much', () => {
    expect(page({ incidents: [incident({ since: '2026-11-22T05:00:00.000Z' })] })).toContain(
      '(24 h ahead of our clock)',
    );
  });

  it('says that only the runbook for any alert looked: none is about it, is switched on, or finds its object in the labels', () => {
    const any = incident({ state: 'undiagnosed', runbook: 'any-alert', alerts: { KubeNodeNotReady: 1 } });
    expect(page({ incidents: [any] })).toContain('no runbook of its topic answered KubeNodeNotReady');
  });

  it('shows the newest first, with state, severity, target, likely cause and since when', () => {
    const older = incident({ report });
    const newer = incident({
      id: '1a1b2c3d4e5f-1',
      state: 'undiagnosed',
      severity: 'warning',
      target: 'pod/shop/web-1',
      runbook: null,
      alerts: { KubePodCrashLooping: 2 },
      firing: 2,
      since: '2026-11-21T04:58:30.000Z',
    });

    expect(
      page({
        incidents: [older, newer],
        totals: counts({ alerts: { posted: 2 }, incidents: { open: 2, folded: 0, closed: 0 } }),
      }),
    ).toBe(`2 incidents, 2 open

cause not found  warning   pod/shop/web-1
  no runbook answers KubePodCrashLooping
  since 2026-11-21 04:58 UTC (90 s ago), 2 alerts, 2 firing
  cluster prod-eu, id 1a1b2c3d4e5f-1

cause found      critical  node/worker-3
  The kubelet is stopped, or keeps restarting
  since 2026-11-21 02:40 UTC (2 h ago), 1 alert, 1 firing
  runbook node-not-ready, cluster prod-eu, id 0a1b2c3d4e5f-1

1 webhook; 2 alerts: 2 posted`);
  });

  it('says what became of one that is closed, and of one that is part of another', () => {
    const text = page({
      incidents: [
        incident({ state: 'closed', closedAt: '2026-11-21T03:10:00.000Z', firing: 0, report }),
        incident({ state: 'folded', foldedInto: 'ffffffffffff-1', id: '2a1b2c3d4e5f-1', firing: 0 }),
      ],
    });

    expect(text).toContain('2 incidents, 0 open');
    expect(text).toContain('since 2026-11-21 02:40 UTC, closed 2026-11-21 03:10 UTC, 1 alert\n');
    expect(text).toContain('part of ffffffffffff-1, runbook node-not-ready');
  });

  it('says how many webhooks were stored in a rush and not read yet', () => {
    expect(page({}, plain, 3)).toContain('3 webhooks stored in a rush, still to be read');
    expect(page({}, plain, 0)).not.toContain('rush');
  });

  it('has 80 columns and no foreign control characters, whatever a label or a reason says', () => {
    const text = page({
      incidents: [incident({ target: `pod/shop/${'x'.repeat(120)}\x1b[2J`, severity: 'critical\nforged line' })],
      webhooks: [{ id: 'w1', receivedAt: '', alerts: [], rejected: `bad\n${'word '.repeat(60)}` }],
      totals: counts({ webhooks: { received: 27, rejected: 12 }, alerts: { posted: 7, rejected: 1 } }),
    });

    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/\p{Cc}(?<!\n)/u);
    expect(text).not.toMatch(/^forged/m);
    expect(text).toContain('  rejected in w1: bad');
    expect(text).toContain('27 webhooks, 12 rejected; 8 alerts: 7 posted, 1 rejected');
  });

  it('says where what was sent with a rejected alert can be read', () => {
    const refused = { id: 'w1', receivedAt: '', alerts: [], refused: ['alerts.1.fingerprint: too short'] };

    expect(page({ webhooks: [{ ...refused, kept: ['{}'] }] })).toContain('see webhooks[].kept in');
    expect(page({ webhooks: [refused] })).not.toContain('kept');
  });

  it('is coloured on a terminal only, without a change of the words', () => {
    const incidents = [incident({ report }), incident({ state: 'unchecked' })];
    const coloured = page({ incidents }, { ...plain, colour: true });

    expect(coloured).toContain('\x1b[31mcause found');
    expect(stripVTControlCharacters(coloured)).toBe(page({ incidents }));
    expect(page({ incidents })).not.toContain('\x1b');
  });

  it('says that there is nothing yet', () => {
    expect(page({ totals: counts({ webhooks: { received: 0, rejected: 0 } }) })).toBe(
      'no incidents yet\n\n0 webhooks; 0 alerts',
    );
  });
});
