import { describe, expect, it } from 'vitest';
import type { Report } from '../../../engine/report.ts';
import { amountOf, doubled } from '../../../runbooks/cluster-dns/amounts.ts';
import { rewritten } from './cases-upstream.ts';
import { look, reportOf } from './looking.ts';
import { lines } from './objects.ts';
import { ending, one } from './told.ts';
import { quiet, UPSTREAM, wellUpstream } from './world.ts';

const workload = { kind: 'Deployment', namespace: 'kube-system', name: 'coredns' };

async function fixesIn(name: string) {
  const { remedies } = await reportOf(name);
  return Object.fromEntries(
    remedies.map((remedy) => [remedy.id, 'changes' in remedy ? remedy.changes : remedy.unavailable]),
  );
}
async function stepsOf(name: string, fix: string) {
  const found = (await reportOf(name)).manualSteps.find(({ id }) => id === fix);
  if (!found) throw new Error(`${name} does not list ${fix}`);
  return found.steps;
}

function commandsIn({ manualSteps }: Report, fix: string) {
  const { steps = [] } = manualSteps.find(({ id }) => id === fix) ?? {};
  return steps.flatMap((step) => ('command' in step && step.command ? [step.command] : [])).join('\n');
}

describe('the fixes the API can make', () => {
  it.each([
    ['loop', 'remake', [{ verb: 'restart', workload }]],
    ['directive-gone-in-a-new-version', 'rollBack', [{ verb: 'undo', workload, from: 2 }]],
    ['image-not-found', 'rollBack', [{ verb: 'undo', workload, from: 2 }]],
    ['panics-counted', 'rollBack', [{ verb: 'undo', workload, from: 2 }]],
    [
      'out-of-memory',
      'moreMemory',
      [
        {
          verb: 'set-resources',
          workload,
          container: 'coredns',
          limits: { memory: '340Mi' },
          from: { memory: '170Mi' },
        },
      ],
    ],
    [
      'held-back',
      'moreCpu',
      [{ verb: 'set-resources', workload, container: 'coredns', limits: { cpu: '200m' }, from: { cpu: '100m' } }],
    ],
    ['held-back', 'scaleOut', [{ verb: 'scale', workload, replicas: 3 }]],
    ['search-paths', 'scaleOut', [{ verb: 'scale', workload, replicas: 3 }]],
    ['scaled-to-zero', 'scaleUp', [{ verb: 'scale', workload, replicas: 2 }]],
    ['upstream-of-one-node', 'cordon', [{ verb: 'cordon', node: 'worker-1' }]],
  ])('of %s: %s', async (name, fix, changes) => {
    expect((await fixesIn(name))[fix]).toEqual(changes);
  });

  it.each([
    ['directive-gone-in-an-old-version', 'rollBack', /2 h 47 min older than the trouble/],
    ['corefile-after-the-version', 'rollBack', /Corefile was changed after that version/],
    ['directive-unknown', 'rollBack', /no earlier revision/],
    ['upstream-is-itself', 'remake', /would read the same/],
    ['port-taken', 'rollBack', /no Deployment/],
    ['out-of-a-gibibyte', 'moreMemory', /more than 150,000 pods need/],
    ['out-of-300-mebibytes', 'moreMemory', /more than 150,000 pods need/],
    ['upstream-down-and-an-idle-pod', 'cordon', /not confirmed/],
    ['out-of-memory-of-its-node', 'moreMemory', /no limit of memory/],
    ['held-back-and-scaled-by-another', 'scaleOut', /dns-autoscaler sets its replicas/],
    ['upstream-down', 'cordon', /not confirmed/],
  ])('do not fit %s: %s', async (name, fix, why) => {
    expect((await fixesIn(name))[fix]).toMatch(why);
  });

  it('of a certificate that is not accepted begin with whose it is', async () => {
    const [first] = await stepsOf('certificate-not-accepted', 'lookAtApiPath');
    expect(first?.title).toMatch(/^Whose certificate answers there/);
    const [other] = await stepsOf('api-server-not-reached', 'lookAtApiPath');
    expect(other?.title).not.toMatch(/certificate/);
  });

  it('of a panic that ended it look at the run before', async () => {
    const [first] = await stepsOf('panic-ends-it', 'reportPanic');
    expect(first).toMatchObject({ command: expect.stringMatching(/logs coredns-a --previous .* grep -A30 -E/) });
  });

  it('are none against an upstream, lost rights, a policy or a Service', async () => {
    for (const name of ['upstream-down', 'rights-lost', 'policy-lets-nobody-ask', 'no-service', 'table-full'])
      expect(
        (await reportOf(name)).remedies.filter((remedy) => 'changes' in remedy),
        name,
      ).toEqual([]);
  });

  it('double an amount as it is written', () => {
    expect(['170Mi', '1Gi', '100m', '1', '0.5'].map(doubled)).toEqual(['340Mi', '2Gi', '200m', '2', '1']);
    expect(['170Mi', '100m', '1e3', '-1'].map(amountOf)).toEqual([178_257_920, 0.1, undefined, undefined]);
    expect(doubled('1e3')).toBeUndefined();
  });
});

describe('what people do by hand', () => {
  it('about a loop: mend the resolver of the node, then make the pods anew; the plug-in stays', async () => {
    const steps = await stepsOf('loop', 'mendLoop');
    expect(steps.map(({ kind }) => kind)).toEqual(['look', 'change', 'advice', 'change', 'advice', 'advice']);
    expect(JSON.stringify(steps)).toContain('ssh worker-1');
    expect(steps.at(-1)?.title).toContain('Do not take plug-in loop out');
  });

  it('about a loop: a node without systemd-resolved is left as it is, and the steps say what to do there', async () => {
    const [, change, otherwise] = await stepsOf('loop', 'mendLoop');
    expect(change).toMatchObject({
      command: expect.stringMatching(/^ssh worker-1 'test -s \/run\/systemd\/resolve\/resolv\.conf && .+ && sudo sed/),
    });
    expect(otherwise?.title).toContain('no systemd-resolved there');
  });

  it('about a Corefile that names its own Service: that line, and no node', async () => {
    const steps = await stepsOf('upstream-is-itself', 'mendLoop');
    expect(steps.map(({ title }) => title)).toEqual([
      'Write real upstreams in place of 10.96.0.10; keep what is there',
      'Do not take plug-in loop out of the Corefile',
    ]);
  });

  it('about a loop of the resolver, beside a zone that is sent to its own Service on purpose: the resolver', async () => {
    const report = await look({ ...ending(lines.loop), corefile: rewritten });
    const { steps = [] } = report.manualSteps.find(({ id }) => id === 'mendLoop') ?? {};
    expect(JSON.stringify(steps)).toContain('resolvConf');
    expect(JSON.stringify(steps)).not.toContain('10.96.0.10');
  });

  it('about memory: nothing where twice its limit is the fix', async () => {
    const { manualSteps } = await reportOf('out-of-memory');
    expect(manualSteps.map(({ id }) => id)).toEqual([]);
  });

  it('about an upstream: the one that was seen is asked, and old advice is refused', async () => {
    expect(JSON.stringify(await stepsOf('upstream-down', 'mendUpstream'))).toContain('@168.63.129.16 example.com');
    expect((await stepsOf('upstream-down', 'keepDns')).map(({ title }) => title)).toEqual([
      'Do not start CoreDNS anew for time-outs',
      'Do not set iptables -P FORWARD ACCEPT, as old articles say',
      'To verify whatever was changed',
    ]);
  });

  it('about an upstream: of two the one that fails, at its port, also where only the log names it', async () => {
    const two = { [UPSTREAM]: wellUpstream, '10.0.0.3:5353': { ...wellUpstream, failedChecks: 80, failing: 2 } };
    expect(commandsIn(await look({ ...quiet, upstreams: two }), 'mendUpstream')).toContain('-p 5353 @10.0.0.3 example');
    const late = { [UPSTREAM]: wellUpstream, '10.0.0.3:53': { ...wellUpstream, p99: 6 } };
    expect(commandsIn(await look({ ...quiet, upstreams: late }), 'mendUpstream')).toContain(
      '+tries=1 @10.0.0.3 example',
    );
    const unseen = await reportOf('upstream-down-without-prometheus');
    expect(commandsIn(unseen, 'mendUpstream')).toContain('+tries=1 @10.0.0.2 example');
  });

  it('about one node: that whose pods get no answers, ready as they are, and not another that is in trouble', async () => {
    const unready = { name: 'coredns-c', node: 'worker-3', ready: false, changed: 900 };
    const world = {
      ...one({}, null, lines.timeouts(12)),
      upstreams: { [UPSTREAM]: { ...wellUpstream, failedChecks: 9 } },
    };
    const commands = [
      commandsIn(await look({ ...world, pods: [...world.pods, unready] }), 'lookAtNode'),
      commandsIn(await look(world), 'lookAtNode'),
    ];
    for (const command of commands) {
      expect(command).toContain('kubectl cordon worker-1 &&');
      expect(command).not.toMatch(/worker-3|NODE/);
    }
  });

  it('about the way to the API server: by the address that its Service has, from where it is asked in vain', async () => {
    const commands = commandsIn(await reportOf('api-server-not-reached'), 'lookAtApiPath');
    expect(commands).toContain(
      `address=$(kubectl get service kubernetes -o jsonpath='{.spec.clusterIP}'); ssh worker-1 "curl -sk -m 3 --resolve kubernetes:443:$address https://kubernetes/version"`,
    );
    expect(commands).not.toContain('iptables-save');
  });

  it('about a full table of connections: on the machine that loses, as the cause names it, and not on a fuller one', async () => {
    const { causes } = await reportOf('two-tables-full');
    expect(causes.find(({ id }) => id === 'conntrackFull')?.reason).toContain('400 dropped within 5 min on 10.20.0.14');
    const machines = (await stepsOf('two-tables-full', 'mendConntrack')).flatMap((step) =>
      'command' in step ? step.command?.match(/^ssh \S+/)?.[0] : [],
    );
    expect(machines).toEqual(['ssh 10.20.0.14', 'ssh 10.20.0.14']);
  });

  it.each([
    ['directive-unknown', 'mendCorefile'],
    ['rights-lost', 'mendRights'],
    ['policy-lets-nobody-ask', 'mendPolicy'],
    ['no-service', 'mendService'],
    ['table-full', 'mendConntrack'],
    ['search-paths', 'lowerNdots'],
    ['api-server-not-reached', 'lookAtApiPath'],
    ['upstream-of-one-node', 'lookAtNode'],
    ['liveness', 'askLiveness'],
    ['no-node-takes-it', 'askStart'],
    ['node-silent', 'askNodes'],
    ['panics', 'reportPanic'],
    ['out-of-memory-of-its-node', 'findMemory'],
  ])('about %s: %s', async (name, fix) => {
    expect((await stepsOf(name, fix)).length).toBeGreaterThan(0);
  });
});
