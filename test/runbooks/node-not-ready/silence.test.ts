import { describe, expect, it } from 'vitest';
import {
  ago,
  answering,
  event,
  exporter,
  lease,
  node,
  now,
  refused,
  silence,
  silent,
  verdict,
  verdictOf,
} from './judging.ts';

const readyFor = (seconds: number) => dated('True', seconds);
const unknownFor = (seconds: number) => dated('Unknown', seconds);
const dated = (status: 'True' | 'Unknown', seconds: number) =>
  node(status).conditions.map((condition) => ({ ...condition, lastTransitionTime: ago(seconds) }));

describe('a kubelet that comes back', () => {
  it('leaves open what silenced it, also when all is well now', () => {
    const events = [event('NodeNotReady', 'node-controller', 60), event('NodeReady', 'kubelet', 20)];
    const seen = { node: node('True', 'kubelet is posting ready status'), lease: lease(4), events };
    for (const cause of [...silence]) {
      expect(verdictOf(cause, { ...seen, kubeletScrapes: answering }), cause).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/called NotReady for its silence at 08:09:00/),
      });
    }
  });

  it("was not silent when it was the kubelet's own NotReady", () => {
    const events = [event('NodeNotReady', 'kubelet', 60), event('NodeReady', 'kubelet', 20)];
    const seen = { node: node('True'), lease: lease(4), events, kubeletScrapes: answering };
    for (const cause of silence) expect(verdict(cause, seen), cause).toBe('ruled-out');
  });

  describe('again and again', () => {
    const events = [600, 300, 9].map((seconds) => event('Starting', 'kubelet', seconds));
    const well = { node: node('True'), lease: lease(4), events, kubeletScrapes: [] };
    it('is a kubelet that keeps restarting while the node is not ready, flaps, or its port refuses', () => {
      const young = node('False', 'container runtime status check may not have completed yet');
      expect(verdict('kubeletStopped', { ...well, node: young })).toBe('confirmed');
      // Of something else it complains only while it runs; whether it does, its port would tell.
      expect(verdict('kubeletStopped', { ...well, node: node('False', 'PLEG is not healthy') })).toBe('inconclusive');
      expect(verdict('kubeletStopped', { ...well, lease: lease(30) })).toBe('confirmed');
      expect(verdict('kubeletStopped', { ...well, history: { readinessChanges: 4 } })).toBe('confirmed');
      expect(verdict('kubeletStopped', { ...well, kubeletScrapes: refused })).toBe('confirmed');
    });

    it('is not kube-proxy, which posts an event of the same name on the node', () => {
      const proxy = events.map((one) => ({ ...one, from: 'kube-proxy' }));
      const seen = { ...well, events: proxy, node: node('False', 'NetworkReady=false'), kubeletScrapes: answering };
      expect(verdict('kubeletStopped', { ...seen, kubelet: { restarts: 0 } })).toBe('ruled-out');
      const young = { ...seen, node: node('False', 'container runtime status check may not have completed yet') };
      expect(verdict('kubeletStopped', { ...young, kubelet: { restarts: 3 } })).toBe('confirmed');
    });

    it('may be somebody who tries to mend what the kubelet itself complains of', () => {
      for (const message of ['NetworkReady=false', 'container runtime is down', 'PLEG is not healthy']) {
        const seen = { ...well, node: node('False', message), kubeletScrapes: answering, kubelet: { restarts: 3 } };
        expect(verdictOf('kubeletStopped', seen)).toMatchObject({
          verdict: 'inconclusive',
          reason: expect.stringContaining('but it lives now, and the kubelet says Ready=False'),
        });
        expect(verdict('kubeletStopped', { ...seen, kubeletScrapes: refused })).toBe('confirmed');
        expect(verdict('kubeletStopped', { ...seen, lease: lease(30) })).toBe('confirmed');
      }
    });

    it('is left open when the process that answers has been the same all the time', () => {
      const seen = { ...well, node: node('False', 'NetworkReady=false'), kubelet: { restarts: 0 } };
      expect(verdictOf('kubeletStopped', { ...seen, kubeletScrapes: answering })).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/^by its events it was started 3 times .* has been the same all the time$/),
      });
      expect(verdict('kubeletStopped', { ...seen, kubeletScrapes: refused })).toBe('confirmed');
    });

    it('is history once the node is well, and is still told', () => {
      expect(verdictOf('kubeletStopped', { ...well, kubeletScrapes: answering })).toMatchObject({
        verdict: 'inconclusive',
        reason: 'it was started 3 times within 30 minutes; but that is past: Ready=True since 08:05:00',
      });
    });
  });
});

describe('a machine that was restarted', () => {
  const bootedAgo = (seconds: number) => ({ bootedAt: now.getTime() / 1000 - seconds });
  const seen = (seconds: number, createdAgo = 86_400) => ({
    node: node('False', 'cni plugin not initialized', { createdAt: ago(createdAgo) }), // for 300 s
    lease: lease(4),
    machine: bootedAgo(seconds),
  });
  it('explains what began around the boot, not what began long after it or before it joined', () => {
    expect(verdict('machineDown', seen(310))).toBe('confirmed');
    expect(verdict('machineDown', seen(300 + 599))).toBe('confirmed');
    expect(verdict('machineDown', seen(300 + 601))).toBe('ruled-out');
    expect(verdict('machineDown', seen(310, 200))).toBe('ruled-out');
  });

  it('is also told by its kubelet', () => {
    const events = [event('Rebooted', 'kubelet', 290)];
    expect(verdict('machineDown', { ...seen(86_000), events })).toBe('confirmed');
  });

  it('after the trouble had begun may have been tried against it: that is no cause', () => {
    const events = [event('Rebooted', 'kubelet', 120)];
    expect(verdictOf('machineDown', { ...seen(86_000), events })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/Rebooted at 08:08:00; but Ready=False since 08:05:00, before that: whether/),
    });
    expect(verdict('machineDown', seen(230))).toBe('inconclusive');
    const silentSince = { ...seen(120), node: node('Unknown'), lease: lease(340) };
    expect(verdict('machineDown', { ...silentSince, exporterScrapes: exporter(true, 0.01) })).toBe('inconclusive');
    const gone = {
      kubeletScrapes: silent,
      exporterScrapes: exporter(false, 10),
      fleet: { kubelets: 9, kubeletsDown: 1 },
    };
    expect(verdict('machineDown', { ...silentSince, ...gone })).toBe('confirmed'); // it is down, whatever was tried
    const alerted = new Date(now.getTime() - 1800_000);
    expect(
      verdict('machineDown', { machine: bootedAgo(300), node: node('Unknown', '', { conditions: [] }) }, alerted),
    ).toBe('inconclusive');
  });

  it('is history when the node is Ready since, unless it flaps', () => {
    const back = { ...seen(360), node: node('True') };
    expect(verdictOf('machineDown', back)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/booted at 08:04:00, 6 min ago; but that is past: Ready=True since 08:05:00/),
    });
    expect(verdict('machineDown', { ...back, history: { readinessChanges: 4 } })).toBe('confirmed');
    expect(verdict('machineDown', { ...seen(60), node: node('True') })).toBe('confirmed'); // too short to be called Unknown
  });

  it('long before the alert of a node that has been Ready all the time explains nothing', () => {
    const seenSince = { ...seen(3000), node: node('True', '', { conditions: readyFor(86_000) }) };
    expect(verdict('machineDown', seenSince)).toBe('ruled-out');
  });

  it('shortly before the first of the joined alerts may have nothing to do with what is wrong long after', () => {
    const since = new Date(now.getTime() - 2900_000);
    const ready = { ...seen(3000), node: node('True', '', { conditions: readyFor(86_000) }) };
    expect(verdictOf('machineDown', ready, since)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/50 min ago; whether what is wrong began around then is not known/),
    });
    expect(verdict('machineDown', { ...ready, machine: bootedAgo(500) }, since)).toBe('confirmed');
  });
});

describe('other nodes', () => {
  const many = (fellWithinHour: number, nodes: number) => ({
    fleet: { nodes, notReady: fellWithinHour, fellWithinHour },
  });
  const fell = (fellWithinHour: number, nodes: number) =>
    verdict('manyNodes', { ...many(fellWithinHour, nodes), node: node('Unknown') });
  it('count when they fell together: three and a tenth of all', () => {
    expect([fell(3, 10), fell(100, 1000)]).toEqual(['confirmed', 'confirmed']);
    expect([fell(2, 5), fell(3, 100), fell(10, 1000)]).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect([fell(1, 3), fell(0, 1000)]).toEqual(['ruled-out', 'ruled-out']);
  });

  it('are ten where nobody counted them all: of thousands ten go within every hour', () => {
    const counted = (unhealthyByController: number) =>
      verdict('manyNodes', { fleet: { unhealthyByController }, node: node('Unknown') });
    expect([counted(10), counted(9), counted(1)]).toEqual(['confirmed', 'inconclusive', 'ruled-out']);
  });

  it('that fell together are never ruled out for having been down for more than an hour', () => {
    const long = node('Unknown', '', { conditions: unknownFor(4200) });
    for (const fleet of [
      { nodes: 100, notReady: 30, fellWithinHour: 0 },
      { nodes: 50, notReady: 50, fellWithinHour: 0 },
      { nodes: 100, notReady: 30, fellWithinHour: 1 },
    ]) {
      expect(verdictOf('manyNodes', { fleet, node: long })).toMatchObject({
        verdict: 'inconclusive',
        reason: expect.stringMatching(/whether the others fell together, and this one with them, is too long ago/),
      });
    }
    expect(verdict('manyNodes', { fleet: { nodes: 50, notReady: 2, fellWithinHour: 0 }, node: long })).toBe(
      'ruled-out',
    );
  });

  it('are not ruled out by a count that is old, that lacks nodes, or that began within the hour', () => {
    const one = { nodes: 12, notReady: 1, fellWithinHour: 1 };
    const judged = (fleet: object) => verdictOf('manyNodes', { fleet: { ...one, ...fleet }, node: node('Unknown') });
    expect([{}, { ageSeconds: 150 }, { kubelets: 14 }, { kubelets: 24 }].map((fleet) => judged(fleet).verdict)).toEqual(
      [...['ruled-out', 'ruled-out', 'ruled-out'], 'inconclusive'],
    );
    expect(judged({ ageSeconds: 224 })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/said 3 min 44 s ago: Prometheus takes nothing in of it since$/),
    });
    expect(judged({ nodes: 1, notReady: 0, fellWithinHour: 0, kubelets: 100, kubeletsDown: 40 })).toMatchObject({
      verdict: 'inconclusive',
      reason:
        '0 of 1 node are not ready, 0 of them since less than an hour; but Prometheus knows 100 kubelets, of which 40 fail their scrape: kube-state-metrics does not tell of all nodes',
    });
    const unseen = { nodes: 100, notReady: 9, fellWithinHour: 0 };
    expect(judged({ ...unseen, sinceUnseen: 9 })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/but since when 9 of them are could not be seen: Prometheus did not count them/),
    });
    expect(judged({ ...unseen, notReady: 1, sinceUnseen: 1 }).verdict).toBe('ruled-out');
  });

  it('explain only a node that fell with them', () => {
    const fleet = many(22, 200);
    expect(verdictOf('manyNodes', { ...fleet, node: node('False', 'container runtime is down') })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(
        /of this node the kubelet says Ready=False.*: whether the others say the same, their Node/,
      ),
    });
    expect(verdictOf('manyNodes', { ...fleet, node: node('True') })).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^22 of 200 nodes.*this node is none of them: Ready=True since 08:05:00/),
    });
    expect(verdict('manyNodes', { ...fleet, node: node('True'), history: { readinessChanges: 4 } })).toBe('confirmed');
    expect(
      verdictOf('manyNodes', { ...fleet, node: node('Unknown', '', { conditions: unknownFor(8000) }) }),
    ).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/Ready=Unknown for 2 h 13 min, longer than they/),
    });
    expect(verdict('manyNodes', fleet)).toBe('inconclusive');
  });

  it('are not called well only because their kubelets answer', () => {
    expect(verdict('manyNodes', { fleet: { kubelets: 40, kubeletsDown: 0 } })).toBe('inconclusive');
  });
});
