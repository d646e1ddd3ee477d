import { describe, expect, it } from 'vitest';
import { lose, moveMetrics, scrapeAsClient } from './members-lost.ts';
import { look, verdict, type World, world } from './world.ts';

/** One of three refuses, by these words; its peers, which have a leader, are not connected to it. */
const refusing = (change: (made: World, one: World['members'][number]) => void) =>
  world((made, _, follower) => {
    lose(made, follower, 0.001);
    made.failing.set('Kubernetes', 'timed-out');
    change(made, follower);
  });
const dialled = (address: string) =>
  `Get "https://${address}/metrics": dial tcp ${address}: connect: connection refused`;

describe('a port where nothing listens', () => {
  it.each([
    ['10.0.0.2:2379', 'confirmed'],
    ['10.0.0.2:2381', 'inconclusive'],
    ['[fd00::2]:2379', 'confirmed'],
    ['[fd00::2]:2381', 'inconclusive'],
  ])('is that of etcd by custom, where its flags are not seen: %s', async (address, expected) => {
    const made = refusing((_, one) => Object.assign(one, { lastError: dialled(address) }));

    expect((await verdict(made, 'memberDown')).verdict).toBe(expected);
  });

  it.each([
    ['--listen-client-urls=https://127.0.0.1:2379,https://10.0.0.2:4001', '10.0.0.2:4001', 'confirmed'],
    ['--listen-client-urls=https://0.0.0.0:4001', '10.0.0.2:4001', 'confirmed'],
    ['--listen-client-urls=https://[::]:4001', '10.0.0.2:4001', 'confirmed'],
    ['--listen-client-urls=https://127.0.0.1:2379', '10.0.0.2:2379', 'inconclusive'],
    ['--listen-client-urls=https://10.0.0.2:4001', '10.0.0.2:2379', 'inconclusive'],
    ['--name=cp-2', '10.0.0.2:2379', 'inconclusive'],
    ['--config-file=/etc/etcd.yaml', '10.0.0.2:2379', 'confirmed'],
  ])('is that of etcd where its flags say so: %s, and %s refuses', async (flag, address, expected) => {
    const made = refusing((made, one) => {
      made.failing.delete('Kubernetes');
      // Of its container nothing is told.
      one.pod.start = { command: ['etcd', flag] };
      Object.assign(one.pod, { runs: undefined, ready: false });
      one.lastError = dialled(address);
    });

    expect((await verdict(made, 'memberDown')).verdict).toBe(expected);
  });

  it.each([
    'proxyconnect tcp: dial tcp 10.0.0.2:2379: connect: connection refused',
    'socks connect tcp 10.0.0.7:1080->10.0.0.2:2379: dial tcp 10.0.0.7:2379: connect: connection refused',
    'dial tcp: lookup etcd-1.example on 10.96.0.10:53: dial udp 10.96.0.10:53: connect: connection refused',
  ])('is not what a proxy or the search for a name tells of: %s', async (words) => {
    const made = refusing((_, one) =>
      Object.assign(one, { lastError: `Get "https://10.0.0.2:2379/metrics": ${words}` }),
    );

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringMatching(/^what scrapes .* did not get as far as its machine/),
    });
  });

  it('is contradicted by a container that runs in a pod that is ready', async () => {
    const made = world((made, _, follower) => {
      scrapeAsClient(made);
      lose(made, follower, 0.001);
      Object.assign(follower.pod, { runs: true, ready: true });
    });

    expect(await verdict(made, 'memberDown')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('the container of etcd-cp-2 (10.0.0.2:2379) runs, and its pod is ready'),
    });
  });
});

describe('metrics that moved to another port', () => {
  it('are looked for and brought back, and nobody is told to restore a snapshot', async () => {
    const { manualSteps } = await look(world((_, only) => moveMetrics(only), 1));

    expect(manualSteps.map(({ id }) => id)).toEqual(['exposeMetrics']);
    expect(manualSteps[0]?.steps[0]).toMatchObject({ kind: 'look', command: expect.stringContaining('ss -ltnp') });
  });

  it('are not looked for where the container does not run', async () => {
    const { manualSteps } = await look(world((made, _, follower) => lose(made, follower, 0.001)));

    expect(manualSteps.map(({ id }) => id)).toEqual(['reviveMember']);
  });

  it('are thought of first where the quorum seems lost', async () => {
    const { manualSteps } = await look(
      world((made) => {
        scrapeAsClient(made);
        for (const member of made.members) lose(made, member, 0.001);
        made.etcdCheck = 'failed';
      }),
    );

    expect(manualSteps[0]).toMatchObject({ id: 'restoreQuorum', steps: [{ kind: 'look' }, {}, {}, {}] });
    expect(JSON.stringify(manualSteps[0]?.steps[0])).toMatch(/crictl ps .*endpoint status/);
  });
});
