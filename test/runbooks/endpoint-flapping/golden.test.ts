import { describe, expect, it } from 'vitest';
import { lateIn } from '../../../runbooks/endpoint-flapping/manager-log.ts';
import { secondsOf } from '../../../runbooks/evidence/go-duration.ts';
import { causeIn, shownIn } from '../reported.ts';
import { look } from './looking.ts';
import { flapping, late } from './told.ts';

const seed =
  "W0511 10:00:49.383806       1 node_controller.go:661] node 11.2.3.10 hasn't been updated for 40.032883982s. Last ready condition is: {Type:Ready Status:True LastHeartbeatTime:2018-05-11 10:00:00 +0800 CST LastTransitionTime:2018-05-10 22:14:01 +0800 CST Reason:KubeletReady Message:kubelet is posting ready status}";

describe('the line of the article', () => {
  it('says by how little the heartbeat was too late, and how late it was noticed', () => {
    const [first] = lateIn(seed);
    expect(first?.node).toBe('11.2.3.10');
    expect(first?.ageSeconds).toBeCloseTo(40.032883982, 9);
    expect((first?.ageSeconds ?? 0) - 40).toBeCloseTo(0.03, 2);
    expect(first?.sinceHeartbeatSeconds).toBeCloseTo(49.383806, 6);
    // The status was written 9.35 s before the controller manager noticed it.
    expect((first?.sinceHeartbeatSeconds ?? 0) - (first?.ageSeconds ?? 0)).toBeCloseTo(9.350922, 6);
  });

  it('is understood in all three formats', () => {
    const condition =
      'Last Ready is: &NodeCondition{Type:Ready,Status:True,LastHeartbeatTime:2022-10-14 08:00:00 +0000 UTC,}';
    const lines = [
      seed,
      `I1014 08:00:50.000000 1 node_lifecycle_controller.go:1123] node w-1 hasn't been updated for 40.03s. ${condition}`,
      'I1121 07:00:00.1 1 node_lifecycle_controller.go:878] "Node hasn\'t been updated" node="w-2" duration="40.03s" nodeConditionType="Ready" currentCondition={"type":"Ready"}',
    ];
    expect(lateIn(lines.join('\n')).map(({ node }) => node)).toEqual(['11.2.3.10', 'w-1', 'w-2']);
    expect(lateIn(lines.join('\n')).slice(1)).toMatchObject([
      { ageSeconds: 40.03, sinceHeartbeatSeconds: 50 },
      { ageSeconds: 40.03 },
    ]);
  });

  it('stands once for all conditions of the node, and again for the next time', () => {
    const at = (age: string, condition: string) =>
      `W0511 16:38:30.582437 1 node_lifecycle_controller.go:1123] node n hasn't been updated for ${age}. Last ${condition} is: &NodeCondition{}`;
    const log = [
      at('2m5.699574064s', 'Ready'),
      at('2m5.699594105s', 'MemoryPressure'),
      at('2m5.699610878s', 'DiskPressure'),
      at('1m0.063536447s', 'Ready'),
    ].join('\n');
    expect(lateIn(log).map(({ ageSeconds }) => ageSeconds)).toEqual([
      expect.closeTo(125.699574064, 9),
      expect.closeTo(60.063536447, 9),
    ]);
  });

  it('may have been written just after midnight, or be cut off', () => {
    const [late] = lateIn(seed.replace('10:00:49.383806', '00:00:09.5').replace('10:00:00 ', '23:59:20 '));
    expect(late?.sinceHeartbeatSeconds).toBeCloseTo(49.5, 6);
    expect(lateIn(seed.slice(0, 90))).toEqual([]);
    expect(lateIn('')).toEqual([]);
  });
});

/**
 * The access log of the API server, by which old articles measure heartbeats: as it was written until about 1.18, with a µ that a
 * terminal mangled and a last line that was cut off, and as it is written today. None of it is read.
 */
describe('the access log of the API server', () => {
  const access = [
    'I0511 16:37:25.722896       1 wrap.go:42] PATCH /api/v1/nodes/10.19.35.129/status: (6.45ms) 200 [[kubelet/v1.9.11 (linux/amd64) kubernetes/1bfeeb6] 10.19.35.129:43210]',
    'I0511 08:43:16.880865       1 wrap.go:42] GET /api/v1/nodes/10.19.35.129?resourceVersion=0: (962.828<C2><B5>s) 200 [[kubelet/v1.9.11] 10.19.35.129:43210]',
    'I1121 07:00:00.100000       1 httplog.go:134] "HTTP" verb="PATCH" URI="/api/v1/nodes/w-2/status?timeout=10s" latency="6.45ms" userAgent="kubelet/v1.33.4" audit-ID="7d3f" srcIP="10.0.0.3:43210" apf_pl="node-high" apf_fs="system-node-high" resp=200',
    'I0511 16:39:38.578372       1 wrap.go:42] PATCH /api/v1/nodes/10.19.35.129/status: (5.9ms) 200 [[kubelet/v1.9.11] 10.19.35.129:4',
  ];

  it('tells of no late heartbeat in any of its formats, mangled and cut off as well, and hides none', () => {
    expect(lateIn(access.join('\n'))).toEqual([]);
    expect(lateIn([...access.slice(0, 2), seed, ...access.slice(2)].join('\n')).map(({ node }) => node)).toEqual([
      '11.2.3.10',
    ]);
  });
});

describe('a duration as Go prints it', () => {
  it.each([
    ['40.032883982s', 40.032883982],
    ['2m5.699574064s', 125.699574064],
    ['1h0m3s', 3603],
    ['6.45ms', 0.00645],
    ['962.828µs', 0.000962828],
    ['962.828<C2><B5>s', 0.000962828],
    ['962.828Âµs', 0.000962828],
    ['40', undefined],
    ['401...516ms', undefined],
    ['', undefined],
  ])('%s is %s s', (text, seconds) => {
    if (seconds === undefined) expect(secondsOf(text)).toBeUndefined();
    else expect(secondsOf(text)).toBeCloseTo(seconds, 12);
  });
});

describe('the stories of old logs, which are not read any more, in the evidence of today', () => {
  it('a gap of 88.7 s between two heartbeats is one breach of a grace period of 60 s, and those of 34.1 and 10.0 s are none', async () => {
    const gaps = new Map([
      [6, 88.716178],
      [5, 34.119481],
    ]);
    const heartbeats = { age: (minutesAgo: number) => gaps.get(minutesAgo) ?? 10.019817, every: 15, unknown: [6] };
    const manager = { flags: ['--node-monitor-grace-period=60s'] };
    const report = await look({ ...flapping(400, 28), manager, heartbeats });
    expect(shownIn(report, 'heartbeats')).toContain('up to 89 s old (scraped every 15 s); Unknown in 1 minute');
    expect(causeIn(report, 'controllerManager')).toMatchObject({ verdict: 'ruled-out' });
    expect(causeIn(report, 'graceTooSmall')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('64.84 s inside of the kubelet, while the API server answers within 6 ms, are its own', async () => {
    const world = flapping(400, 5);
    const report = await look({
      ...world,
      heartbeats: late(64.84192),
      kubelet: { ...world.kubelet, late: 2 },
      fleet: { ...world.fleet, leaseUpdate: 0.006 },
    });
    expect(causeIn(report, 'kubeletStalled')).toMatchObject({ verdict: 'confirmed' });
    expect(causeIn(report, 'controlPlane')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('the trace of a kubelet, of 25.98 s and 64.81 s in one cycle and 35.23 s in the next, is one silence: only the first is beyond 50 s', async () => {
    const [cycle, next] = [25.983355 + 64.80693, 35.226789];
    const gaps = new Map([
      [6, cycle],
      [5, next],
    ]);
    const world = flapping(400, 5);
    const report = await look({
      ...world,
      manager: { version: 'v1.33.4' },
      heartbeats: { age: (minutesAgo: number) => gaps.get(minutesAgo) ?? 9.8, every: 15, unknown: [6] },
      kubelet: { ...world.kubelet, late: 2 },
    });
    expect(shownIn(report, 'heartbeats')).toContain('up to 91 s old (scraped every 15 s); Unknown in 1 minute');
    expect(causeIn(report, 'kubeletStalled')).toMatchObject({ verdict: 'confirmed' });
    expect(causeIn(report, 'graceTooSmall')).toMatchObject({ verdict: 'ruled-out' });
  });

  it('a grace period that no flag and no version tells is at most the least age that was called late: 60 s', async () => {
    const line = (age: string, time: string) =>
      `W0511 ${time} 1 node_lifecycle_controller.go:1123] node worker-3 hasn't been updated for ${age}. Last Ready is: &NodeCondition{}`;
    const log = [line('2m5.699574064s', '02:40:00.1'), line('1m0.063536447s', '02:53:20.582437')].join('\n');
    const report = await look({ ...flapping(), manager: { version: 'latest', flags: ['--v=2'] }, log });
    expect(causeIn(report, 'graceTooSmall')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('at most 60 s, by its log'),
    });
  });
});

describe('the grace period of a node whose heartbeats come late by', () => {
  it.each([
    ['v1.31.9', 39.9, 'confirmed'],
    ['v1.31.9', 40.0, 'confirmed'],
    ['v1.31.9', 44.9, 'confirmed'],
    ['v1.31.9', 45.0, 'inconclusive'],
    ['v1.31.9', 49.9, 'inconclusive'],
    ['v1.31.9', 50.1, 'ruled-out'],
    ['v1.32.0', 39.9, 'ruled-out'],
    ['v1.32.0', 49.9, 'ruled-out'],
    ['v1.32.0', 50.1, 'ruled-out'],
  ])('in %s: %s s is %s as too short', async (version, seconds, verdict) => {
    const report = await look({ ...flapping(), manager: { version }, heartbeats: late(seconds) });
    expect(causeIn(report, 'graceTooSmall')).toMatchObject({ verdict });
  });

  it('is known to have been enough where no heartbeat can have been as late between two scrapes', async () => {
    const verdict = async (every: number) => {
      const report = await look({ ...flapping(), heartbeats: { age: () => 10.4, every } });
      return causeIn(report, 'graceTooSmall').verdict;
    };
    expect(await verdict(15)).toBe('ruled-out');
    expect(await verdict(30)).toBe('confirmed');
  });
});
