import { describe, expect, it } from 'vitest';
import { ago, answering, event, lease, node, refused, silence, verdict, verdictOf } from './judging.ts';

describe('the age of a lease', () => {
  it('is no proof of death: without another witness every kind of silence stays open', () => {
    for (const cause of silence) {
      expect(verdict(cause, { node: node('Unknown'), lease: lease(600) }), cause).toBe('inconclusive');
    }
  });

  it('is no proof of health: a fresh lease does not make an Unknown node Ready', () => {
    const seen = { node: node('Unknown'), lease: lease(3), readyz: { status: 200, etcd: true, failing: [] } };
    expect(verdict('recovered', seen)).toBe('ruled-out');
    expect(verdict('clockJumped', seen)).toBe('inconclusive');
    expect(verdictOf('clockJumped', seen).reason).toMatch(/does not count its renewals/);
  });

  it('says nothing about the port: 600 s old and renewed all the time is a living kubelet', () => {
    const seen = { node: node('True'), lease: lease(612), history: { leaseAgeSeconds: 612, leaseMoves: 12 } };
    const living = silence.filter((cause) => cause !== 'kubeletStuck');
    for (const cause of living) expect(verdict(cause, seen), cause).toBe('ruled-out');
    expect(verdict('kubeletStuck', seen)).toBe('inconclusive'); // half of it may be
    expect(verdict('kubeletStuck', { ...seen, kubeletScrapes: answering })).toBe('ruled-out');
    expect(verdictOf('clockJumped', seen)).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/10 min 12 s old/),
    });
  });

  it('that moved before it ran out is not moving now', () => {
    const seen = { node: node('Unknown'), lease: lease(72), history: { leaseAgeSeconds: 60, leaseMoves: 5 } };
    expect(verdict('clockJumped', seen)).toBe('inconclusive');
    expect(verdict('kubeletStopped', seen)).toBe('inconclusive');
  });

  it('that has not moved for two minutes is silence, not a clock', () => {
    const seen = { node: node('Unknown'), lease: lease(400), history: { leaseAgeSeconds: 400, leaseMoves: 0 } };
    expect(verdict('clockJumped', seen)).toBe('ruled-out');
  });

  it('in the future proves no life, only a clock', () => {
    const seen = { node: node('Unknown'), lease: lease(-590), kubeletScrapes: refused, apiCalls: { all: 80 } };
    expect(verdict('clockJumped', seen)).toBe('confirmed');
    expect(verdict('kubeletStopped', seen)).toBe('confirmed');
  });

  it('in the future like the leases of the control plane means that our own clock is behind', () => {
    const renewed = { holder: 'a', renewedAt: ago(-120) };
    const seen = { node: node('True'), lease: lease(-118), controllerManager: renewed, scheduler: null };
    expect(verdictOf('clockJumped', seen)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/our own clock/),
    });
  });
});

describe('our own clock', () => {
  const late = (seconds: number) => ({ holder: 'a', renewedAt: ago(seconds) });
  const well = { node: node('True'), kubeletScrapes: answering };
  const allLate = { ...well, lease: lease(49), controllerManager: late(46), scheduler: late(47) };
  const readyz = { status: 200, etcd: true, failing: [] };

  it('is ahead, or the answers stand still, when every lease is late by the same: nobody is down by that', () => {
    for (const cause of ['controllerManagerDown', 'clockJumped']) {
      expect(verdictOf(cause, allLate), cause).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/every lease that was seen is late by the same 46 s: our own clock is ahead/),
      });
    }
    expect(verdict('frozenAnswers', { ...allLate, readyz })).toBe('inconclusive');
    expect(verdict('recovered', allLate)).toBe('inconclusive');
  });

  it('is not to blame for one old lease when anybody else renews in time, or the API server tells the same time', () => {
    const old = { ...well, controllerManager: late(400) };
    expect(verdict('controllerManagerDown', { ...old, lease: lease(4) })).toBe('confirmed');
    expect(verdict('controllerManagerDown', { ...old, lease: lease(900), scheduler: late(1) })).toBe('confirmed');
    expect(verdict('controllerManagerDown', { ...old, readyz: { ...readyz, clockAheadSeconds: 0.4 } })).toBe(
      'confirmed',
    );
    expect(verdictOf('controllerManagerDown', { ...old, lease: lease(900) })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/no lease of anybody else is fresh: our own clock may be ahead/),
    });
  });

  it('and that of the API server must both find a lease old: one of them alone may be wrong', () => {
    const seen = { ...well, lease: lease(4), controllerManager: late(1), scheduler: late(1) };
    const wrongServer = { ...seen, readyz: { ...readyz, clockAheadSeconds: -400 } };
    expect(verdictOf('controllerManagerDown', wrongServer)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(
        /6 min 41 s old by the API server's clock, and 1\.0 s by ours: the clocks disagree/,
      ),
    });
  });

  it.each([
    [45, '45 s ahead of'],
    [-45, '45 s behind'],
  ])("gives way to the API server's when it is %s s ahead of that", (clockAheadSeconds, words) => {
    const at = (age: number) => age + clockAheadSeconds;
    const seen = { ...well, lease: lease(at(4)), controllerManager: late(at(1)), scheduler: late(at(1)) };
    const told = { ...seen, readyz: { ...readyz, clockAheadSeconds } };
    for (const cause of ['controllerManagerDown', 'clockJumped', 'frozenAnswers', ...silence]) {
      expect(verdict(cause, told), cause).toBe('ruled-out');
    }
    expect(verdictOf('clockJumped', told).reason).toContain(`our own clock is ${words} the API server's`);
    expect(verdict('recovered', told)).toBe('confirmed');
    const down = { ...told, controllerManager: late(at(400)) };
    expect(verdict('controllerManagerDown', down)).toBe('confirmed');
  });
});

describe('a controller manager whose lease is old', () => {
  const old = { holder: 'a', renewedAt: ago(86_400) };
  const readyz = { status: 200, etcd: true, failing: [], clockAheadSeconds: 0 };
  const seen = { node: node('True'), lease: lease(4), controllerManager: old, readyz };
  const fell = (seconds: number) => ({
    ...seen,
    node: node('Unknown', '', {
      conditions: node('Unknown').conditions.map((one) => ({ ...one, lastTransitionTime: ago(seconds) })),
    }),
  });

  it('is not down when it turned this node Unknown since, or posted NodeNotReady: it runs without that lease', () => {
    expect(verdict('controllerManagerDown', seen)).toBe('confirmed');
    expect(verdictOf('controllerManagerDown', fell(300))).toMatchObject({
      verdict: 'ruled-out',
      reason: expect.stringMatching(
        /24 h old, but it turned this node Unknown at 08:05:00 after that: it works without/,
      ),
    });
    const events = [event('NodeNotReady', 'node-controller', 120)];
    expect(verdict('controllerManagerDown', { ...seen, events })).toBe('ruled-out');
    expect(verdict('controllerManagerDown', { ...seen, events: [event('NodeNotReady', 'kubelet', 120)] })).toBe(
      'confirmed',
    );
  });

  it('is not known to work now by what it did long ago, and is down when it acted last before that renewal', () => {
    expect(verdict('controllerManagerDown', fell(7200))).toBe('inconclusive');
    expect(verdict('controllerManagerDown', fell(86_395))).toBe('confirmed');
  });
});

describe('a clock that jumped', () => {
  const well = { node: node('True'), lease: lease(4) };
  const dated = (seconds: number) => [
    event('NodeHasSufficientMemory', 'kubelet', 60, { firstSeen: ago(60 - seconds) }),
  ];
  it('is measured by an event: stored at one time, dated by the kubelet at another', () => {
    expect(verdictOf('clockJumped', { ...well, events: dated(600) })).toMatchObject({
      verdict: 'confirmed',
      reason: expect.stringMatching(/10 min apart/),
    });
    expect(verdict('clockJumped', { ...well, events: dated(-600) })).toBe('confirmed');
  });

  it('is not an event that was stored anew after it had expired, with the first date that it had', () => {
    const [one] = dated(-6_000);
    if (!one) throw new Error('no event');
    expect(verdict('clockJumped', { ...well, events: [{ ...one, count: 14, lastSeen: one.createdAt }] })).toBe(
      'ruled-out',
    );
    expect(verdict('clockJumped', { ...well, events: dated(600).map((event) => ({ ...event, count: 2 })) })).toBe(
      'confirmed',
    );
  });

  it('is not an event the kubelet could only send two minutes later', () => {
    expect(verdict('clockJumped', { ...well, events: dated(-120) })).toBe('ruled-out');
  });

  it('leaves its future renewals behind: right again, and still called Unknown', () => {
    const history = { leaseAgeSeconds: 4, leaseNewestSeconds: -596, leaseMoves: 12 };
    expect(verdict('clockJumped', { node: node('Unknown'), lease: lease(4), history })).toBe('confirmed');
  });

  it("shows in the machine's own clock, ahead or behind, when its lease is off by the same", () => {
    const judge = (offset: number, age: number) =>
      verdictOf('clockJumped', { ...well, lease: lease(age), machine: { clockOffsetSeconds: offset } });
    expect(judge(-95, 100)).toMatchObject({ verdict: 'confirmed', reason: expect.stringMatching(/95 s behind/) });
    expect(judge(95, 4).reason).toMatch(/95 s ahead of/);
    expect(judge(1.5, 4).verdict).toBe('ruled-out');
  });

  it("is not the node's, but may be that of Prometheus, when the API server finds the lease fresh", () => {
    const seen = { node: node('False', 'container runtime is down'), lease: lease(3) };
    for (const more of [
      { machine: { clockOffsetSeconds: 45 } },
      { machine: { clockOffsetSeconds: -45 } },
      { history: { leaseAgeSeconds: 200, leaseMoves: 12, leaseNewestSeconds: 195 } },
      { history: { leaseAgeSeconds: -40, leaseMoves: 12, leaseNewestSeconds: -45 } },
    ]) {
      expect(verdictOf('clockJumped', { ...seen, ...more })).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(
          /renewed its lease 3\.0 s ago, by the right time: it may be the clock of Prometheus/,
        ),
      });
    }
  });

  it('is not proved by the clock of Prometheus alone, beside a kubelet that is silent or a lease that may not be read', () => {
    const silent = { node: node('Unknown'), lease: lease(300), machine: { clockOffsetSeconds: 45 } };
    expect(verdict('clockJumped', silent)).toBe('inconclusive');
    const stopped = { ...silent, lease: lease(100), machine: { clockOffsetSeconds: -95 } };
    expect(verdict('clockJumped', { ...stopped, kubeletScrapes: answering })).toBe('confirmed');
    expect(verdict('clockJumped', { ...stopped, kubeletScrapes: refused })).not.toBe('confirmed');
    const unread = { node: node('True'), history: { leaseAgeSeconds: 200, leaseMoves: 12 } };
    expect(verdict('clockJumped', unread)).toBe('inconclusive');
  });
});

describe('a heartbeat 130 s old with a fresh lease', () => {
  it('is normal: the status is posted every 5 minutes when nothing changes', () => {
    const kubelet = { runtimeCallsPerSecond: 2, slowRelists: 0 };
    const said = node('True', 'kubelet is posting ready status');
    const seen = { node: said, lease: lease(4), kubeletScrapes: answering, kubelet };
    for (const cause of [...silence, 'clockJumped', 'runtimeGone', 'runtimeHangs', 'networkPlugin', 'pressure']) {
      expect(verdict(cause, seen), cause).toBe('ruled-out');
    }
    expect(verdict('recovered', seen)).toBe('confirmed');
  });
});

describe('answers of an API server that has lost etcd', () => {
  it('confirm nothing and rule nothing out, however clear they look', () => {
    const readyz = { status: 500, etcd: false, failing: ['etcd'] };
    const seen = { readyz, node: node('True'), lease: lease(3), kubeletScrapes: answering, registered: true };
    for (const cause of [...silence, 'removed', 'plannedWork', 'networkPlugin', 'recovered']) {
      expect(verdict(cause, seen), cause).toBe('inconclusive');
    }
  });

  it('are recognised by the leases of the control plane, not by the failing check alone', () => {
    const readyz = { status: 500, etcd: false, failing: ['etcd'] };
    const leaseOf = (age: number) => ({ holder: 'a', renewedAt: ago(age) });
    const at = (age: number) => ({ readyz, controllerManager: leaseOf(age), scheduler: leaseOf(age + 2) });
    expect(verdict('frozenAnswers', at(40))).toBe('confirmed');
    expect(verdict('frozenAnswers', at(4))).toBe('inconclusive');
    expect(verdict('frozenAnswers', { readyz })).toBe('inconclusive');
    const fine = { status: 200, etcd: true, failing: [] };
    expect(verdict('frozenAnswers', { ...at(400), readyz: fine })).toBe('inconclusive');
    expect(verdict('frozenAnswers', { ...at(1), readyz: fine })).toBe('ruled-out');
    expect(verdict('frozenAnswers', { readyz: undefined, controllerManager: leaseOf(1) })).toBe('inconclusive');
  });
});
