import { describe, expect, it } from 'vitest';
import {
  adviseTimers,
  defaultTimers,
  folkloreTimers,
  recommendedTimers,
  requestTimeoutSeconds,
  slowTimers,
} from '../../../runbooks/etcd-heartbeat/timers.ts';

describe('advice on timers', () => {
  it('takes the defaults and the slow profile as fine', () => {
    expect(adviseTimers(defaultTimers).fits).toBe('fine');
    expect(adviseTimers(slowTimers).fits).toBe('fine');
  });

  it('calls 6000/30000 too high although etcd accepts the ratio of exactly 5: requests would wait 65 s', () => {
    expect(adviseTimers(folkloreTimers)).toMatchObject({
      fits: 'too-high',
      reason: expect.stringContaining('65 s'),
      instead: defaultTimers,
    });
    expect(requestTimeoutSeconds(folkloreTimers)).toBe(65);
    expect(requestTimeoutSeconds(defaultTimers)).toBe(7);
  });

  it('calls 6000/29999 invalid: less than five heartbeats', () => {
    expect(adviseTimers({ heartbeatMs: 6_000, electionMs: 29_999 })).toMatchObject({
      fits: 'invalid',
      reason: expect.stringContaining('4.9998 heartbeats'),
    });
  });

  it('calls 11000/55000 invalid: over 50000 ms', () => {
    expect(adviseTimers({ heartbeatMs: 11_000, electionMs: 55_000 })).toMatchObject({
      fits: 'invalid',
      reason: expect.stringContaining('55000 ms is over 50000 ms'),
    });
  });

  it('draws its own line above 1000/5000', () => {
    expect(adviseTimers({ heartbeatMs: 1_000, electionMs: 5_000 }).fits).toBe('fine');
    expect(adviseTimers({ heartbeatMs: 1_000, electionMs: 5_001 }).fits).toBe('too-high');
    expect(adviseTimers({ heartbeatMs: 1_001, electionMs: 5_005 }).fits).toBe('too-high');
  });

  it('asks for an election of 1500 ms at a round trip of 150 ms, and leaves the heartbeat at 100 ms', () => {
    expect(adviseTimers(defaultTimers, 0.15)).toMatchObject({
      fits: 'too-low',
      instead: { heartbeatMs: 100, electionMs: 1_500 },
    });
    expect(adviseTimers({ heartbeatMs: 100, electionMs: 1_500 }, 0.15).fits).toBe('fine');
  });

  it('asks for a heartbeat of at least half a round trip', () => {
    expect(adviseTimers({ heartbeatMs: 100, electionMs: 3_000 }, 0.3)).toMatchObject({
      fits: 'too-low',
      instead: { heartbeatMs: 150, electionMs: 3_000 },
    });
  });

  it('never recommends less than the defaults, nor what etcd would refuse', () => {
    for (const rtt of [0, 0.001, 0.05, 0.1, 0.15, 0.37, 0.9, 4]) {
      const { heartbeatMs, electionMs } = recommendedTimers(rtt);
      expect(heartbeatMs).toBeGreaterThanOrEqual(100);
      expect(electionMs).toBeGreaterThanOrEqual(Math.max(1_000, 5 * heartbeatMs, Math.floor(10_000 * rtt)));
    }
  });
});
