import { describe, expect, it } from 'vitest';
import { defaultBudget } from '../../../engine/budget.ts';
import { written } from './cases.ts';
import { flooded } from './troubles.ts';
import { look, type World, world } from './world.ts';

const remedyIn = async (made: World) =>
  (await look(made)).remedies.find(({ id }) => id === 'evictNoisyNeighbour') ?? expect.fail('it is always reported');
const whyNot = async (made: World) => {
  const remedy = await remedyIn(made);
  return 'unavailable' in remedy ? remedy.unavailable : 'offered';
};
const changed = (made: World, change: (made: World) => void) => {
  change(made);
  return made;
};

describe('evicting the noisy neighbour of a slow disk', () => {
  it('is offered for one pod that clearly writes most: that pod, nothing else', async () => {
    expect(await remedyIn(flooded({}))).toMatchObject({
      cause: 'slowDisk',
      risk: 'medium',
      changes: [{ verb: 'evict', namespace: 'logging', pod: 'shipper-x7' }],
    });
  });

  it('shows who writes how much, beside what the disk itself takes', async () => {
    const { evidence } = await look(flooded({}));

    expect(evidence.find(({ id }) => id === 'writers')?.shown).toBe(
      '10.0.0.1 logging/shipper-x7 107 MiB/s, kube-system/etcd-cp-1 391 KiB/s, all containers 107 MiB/s, disk ?; ' +
        'cp-1 all containers ?, disk 113 MiB/s',
    );
  });

  it('is offered on the machine of a slow follower as well', async () => {
    const made = world((all, _, follower) => {
      Object.assign(follower.fsync, { p99: 0.4, slow: 900, long: 900 });
      all.nodeLoad = [{ instance: '10.0.0.2', device: 'vda', diskBusy: 0.99, diskQueue: 34 }];
      all.writers = [
        { instance: 'cp-2', namespace: 'logging', pod: 'shipper-x7', written: 5e7, object: { node: 'cp-2' } },
      ];
    });

    expect(await remedyIn(made)).toHaveProperty('digest');
  });

  it.each([
    ['it is gone by now', flooded({ gone: true }), 'that pod is gone'],
    ['it is being ended', flooded({ isEnding: true }), 'being ended already'],
    ['its name is on another machine by now', flooded({ node: 'worker-2' }), 'a pod of that name is on worker-2 now'],
    ['its file on the machine makes it', flooded({ owner: 'Node' }), 'only its file on the machine can end it'],
    ['a DaemonSet would bring it back', flooded({ owner: 'DaemonSet' }), 'DaemonSet shipper would start it again'],
    ['nothing would start it again', flooded({ owner: 'none' }), 'nothing would start it again'],
    [
      'it writes under 10 MB/s',
      flooded({}, 9_999_999),
      'no pod clearly writes most: logging/shipper-x7 writes 9.5 MiB/s',
    ],
    [
      'the disk takes far more than it writes',
      flooded({}, 58_000_000),
      'of 113 MiB/s on cp-1 (wanted: 10 MB/s and half',
    ],
    [
      'half of what containers write is not its',
      changed(flooded({}), ({ writers }) =>
        writers.push(
          { instance: '10.0.0.1:10250', namespace: 'shop', pod: 'db-0', written: 112_000_001 },
          {
            instance: '10.0.0.1:10250',
            together: 230_000_000,
          },
        ),
      ),
      'no pod clearly writes most: shop/db-0',
    ],
    [
      'etcd itself writes most',
      changed(flooded({}), (made) => {
        made.writers = [
          {
            ...{ instance: '10.0.0.1:10250', namespace: 'kube-system', pod: 'etcd-cp-1', written: 5e7 },
            object: { owner: 'Node' },
          },
        ];
      }),
      'etcd itself writes most',
    ],
    [
      'only other machines have writers',
      changed(flooded({}), (made) => {
        made.writers = [{ instance: 'cp-3', namespace: 'logging', pod: 'shipper-x9', written: 5e6 }];
      }),
      'no container is seen to write on cp-1',
    ],
    ['cAdvisor is not scraped', changed(flooded({}), (made) => made.without.add('writers')), 'could not be seen: Pods'],
    [
      'nobody competes for the disk',
      changed(flooded({}), (made) => {
        made.nodeLoad = [{ instance: 'cp-1', device: 'vda', diskBusy: 0.3, diskQueue: 0.4 }];
      }),
      'nobody else is seen to use the disk of cp-1',
    ],
    ['its cause is ruled out', world(), 'its cause is not confirmed'],
  ])('is not offered when %s', async (_, made, why) => {
    expect(await whyNot(made)).toContain(why);
  });

  it('says that a flood of logs is charged to no container', async () => {
    expect(await whyNot(flooded({}, 2_000))).toContain('what containers print is written by the container runtime');
  });

  it('reads no pod but the one in question: at most one more call for each member', async () => {
    expect((await look(flooded({}))).cost.kubernetesCalls).toBe(10);
    expect((await look(flooded({}, 2_000))).cost.kubernetesCalls).toBe(9);

    const everywhere = world((made) => {
      made.writers = made.members.map(({ host, node }, index) => ({
        ...{ instance: `${host}:10250`, namespace: 'logging', pod: `shipper-${index}`, written: 1e8 },
        object: { node },
      }));
    }, 9);
    const { kubernetesCalls } = (await look(everywhere)).cost;
    expect(kubernetesCalls).toBe(24);
    expect(kubernetesCalls).toBeLessThanOrEqual(defaultBudget.kubernetesCalls);
  });

  it.each(Object.entries(written).filter(([, { offers }]) => offers))(
    'in the case %s',
    async (_, { world, offers }) => {
      const { remedies } = await look(world);

      expect(remedies.flatMap((remedy) => ('unavailable' in remedy ? [] : [remedy.id]))).toEqual(offers);
    },
  );
});
