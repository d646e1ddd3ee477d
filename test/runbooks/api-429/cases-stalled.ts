import type { Written } from './cases.ts';
import { MI, readyWith, type World, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;

const hang = { up: 0, scrapeSeconds: 5, fsyncP99: undefined, restarts: undefined };
const reader = {
  level: 'workload-low',
  flow: 'service-accounts',
  user: 'system:serviceaccount:heavy:reader',
  verb: 'list',
  resource: 'events',
  count: 203,
};

/** etcd does not move: what the API server answered in the recording of an etcd held at its memory limit. */
function silentEtcd(made: World): void {
  made.readyz = readyWith('etcd', 'etcd-readiness');
  made.etcd = [
    { operation: 'get', mean: 1.14, meanNow: 2.3, usual: 0.004, requests: 70, errors: 0.4 },
    { operation: 'listWithCount', mean: 14, meanNow: 14, usual: 0.02, requests: 40, errors: 0.7 },
  ];
  made.answers = [
    { all: 30, broken: 12, endedNow: 3 },
    { verb: 'LIST', resource: 'events', ended: 1.02 },
  ];
  made.flows = [
    {
      priority_level: 'workload-low',
      flow_schema: 'service-accounts',
      reason: 'queue-full',
      rejected: 1.02,
      rejectedNow: undefined,
    },
    {
      priority_level: 'workload-low',
      flow_schema: 'service-accounts',
      dispatched: 2,
      usual: 55,
      took: 14,
      rejectedNow: 2.6,
      waiting: 203,
    },
    { priority_level: 'workload-low', seats: 1 },
  ];
  made.waiting = [reader];
  made.webhooks = [{ writes: 9 }];
  made.began = { etcdMean: 240, etcdSilent: 270, seats: 180, rejected: 150 };
  made.failing.set('pods', 'timed-out').set('holder', 'timed-out');
}

const hangingMembers = (made: World, memoryBytes: number, lowestBytes: number) => {
  made.members = made.members.map((row) => ({ ...row, ...hang, memoryBytes, highestBytes: memoryBytes, lowestBytes }));
};
const etcdContainers = (made: World, figures: Record<string, number | undefined>) => {
  made.containers = made.containers.map((row) => (row.container === 'etcd' ? { ...row, ...figures } : row));
};

const oneContainer = (made: World, member: number, figures: Record<string, number | undefined>) => {
  made.containers = made.containers.map((row) => (row.pod === `etcd-cp-${member + 1}` ? { ...row, ...figures } : row));
};
const slowDisk = (made: World) => {
  made.etcd = [{ operation: 'update', mean: 0.6, meanNow: 0.6, usual: 0.01, requests: 900, errors: 0 }];
  made.members = made.members.map((row) => ({ ...row, fsyncP99: 0.3 }));
  made.began = { etcdMean: 600 };
};

/** With etcd silent these cannot be told: whoever waits for it fills the seats. */
const whileSilent = { noisyFlow: open, slowWebhook: open } as const;

export const stalled: Readonly<Record<string, Written>> = {
  'etcd-at-memory-limit': {
    about: 'The story of the article: etcd hangs at a limit of 512 MiB without being killed, the machine has plenty',
    world: world((made) => {
      silentEtcd(made);
      hangingMembers(made, 505 * MI, 300 * MI);
      etcdContainers(made, { memoryBytes: 510 * MI, limitBytes: 512 * MI, memoryStalled: 0.8 });
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-at-memory-limit-backlog-and-restart': {
    about:
      'The same, with its false leads: the accept queue overflows after it began, and somebody restarted the API servers',
    world: world((made) => {
      silentEtcd(made);
      hangingMembers(made, 505 * MI, 300 * MI);
      etcdContainers(made, { memoryBytes: 510 * MI, limitBytes: 512 * MI, memoryStalled: 0.8 });
      made.machines = made.machines.map((row) => ({ ...row, overflows: 4 }));
      made.began.overflows = 60;
      made.servers = made.servers.map((row) => ({ ...row, ageSeconds: 120, restarts: 1, lists: 40 }));
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...whileSilent, shuttingDown: open, ...broken },
  },
  'etcd-plateau-outside-kubernetes': {
    about:
      'etcd runs in docker with --memory=512M --oom-kill-disable: no limit is seen, but a plateau, silence, and a machine half empty',
    world: world((made) => {
      silentEtcd(made);
      hangingMembers(made, 500 * MI, 260 * MI);
      made.containers = made.containers.filter(({ container }) => container !== 'etcd');
      made.pods = undefined;
      made.failing.delete('pods');
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-plateau-on-a-full-machine': {
    about: 'The same plateau on machines that have hardly any memory left',
    world: world((made) => {
      silentEtcd(made);
      hangingMembers(made, 500 * MI, 260 * MI);
      made.containers = made.containers.filter(({ container }) => container !== 'etcd');
      made.machines = made.machines.map((row) => ({ ...row, memoryFree: 0.04 }));
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-killed-at-memory-limit': {
    about: 'Where the kernel may kill, etcd is killed at its limit and starts again and again',
    world: world((made) => {
      silentEtcd(made);
      etcdContainers(made, { memoryBytes: 200 * MI, limitBytes: 512 * MI, oomKilled: 1, restarts: 4 });
      made.failing.clear();
      made.pods = { limit: '512Mi', lastExit: 'OOMKilled', restarts: 9 };
      made.deployments = [];
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-killed-as-the-kernel-counts': {
    about: 'The kernel counts that one was killed at its limit, and it started again',
    world: world((made) => {
      silentEtcd(made);
      oneContainer(made, 1, { memoryBytes: 200 * MI, limitBytes: 512 * MI, killed: 1, restarts: 1 });
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-child-killed-and-a-slow-disk': {
    about:
      'A backup in its container was killed 25 min ago; etcd never ended, uses 37 % of its limit, its disk is slow',
    world: world((made) => {
      slowDisk(made);
      etcdContainers(made, { memoryBytes: 3000 * MI, limitBytes: 8192 * MI, restarts: 0 });
      oneContainer(made, 1, { killed: 1 });
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
  'etcd-something-killed-and-restarts-not-counted': {
    about: 'Something was killed in the container of one that is at its limit; whether etcd began anew nobody counts',
    world: world((made) => {
      silentEtcd(made);
      made.members = [];
      etcdContainers(made, { memoryBytes: 300 * MI, limitBytes: 512 * MI });
      oneContainer(made, 1, { memoryBytes: 500 * MI, killed: 1 });
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-full-of-cache-and-another-hangs': {
    about: 'One stands at its limit as ever and answers; the machine of another hangs, disks are slow',
    world: world((made) => {
      slowDisk(made);
      etcdContainers(made, { memoryBytes: 3000 * MI, limitBytes: 8192 * MI });
      oneContainer(made, 0, { memoryBytes: 8000 * MI });
      made.members = made.members.map((row, index) => (index === 2 ? { ...row, ...hang } : row));
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...broken },
  },
  'etcd-full-and-hanging': {
    about: 'The one that stands at its limit is the one that hangs; the two others answer',
    world: world((made) => {
      slowDisk(made);
      etcdContainers(made, { memoryBytes: 3000 * MI, limitBytes: 8192 * MI });
      oneContainer(made, 2, { memoryBytes: 8000 * MI });
      made.members = made.members.map((row, index) => (index === 2 ? { ...row, ...hang } : row));
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...broken },
  },
  'etcd-full-of-cache': {
    about:
      'The working set stands at the limit because of cached files, etcd answers its scrapes, and its disk is slow',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.6, meanNow: 0.6, usual: 0.01, requests: 900, errors: 0 }];
      made.members = made.members.map((row) => ({ ...row, fsyncP99: 0.3 }));
      etcdContainers(made, { memoryBytes: 2000 * MI, limitBytes: 2048 * MI, memoryStalled: 0.05 });
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...broken },
  },
  'etcd-slow-disk': {
    about: 'etcd is slow and far from its memory limit',
    world: world((made) => {
      made.etcd = [
        { operation: 'get', mean: 0.02, meanNow: 0.02, usual: 0.004, requests: 9000, errors: 0 },
        { operation: 'update', mean: 0.41, meanNow: 0.4, usual: 0.009, requests: 3000, errors: 0 },
      ];
      made.members = made.members.map((row) => ({ ...row, fsyncP99: 0.3 }));
      etcdContainers(made, { limitBytes: 8192 * MI, memoryBytes: 3000 * MI });
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
  'etcd-thrashes-at-memory-limit': {
    about: 'etcd still answers, slowly: it stands at its limit and waits for memory half of the time',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.6, meanNow: 0.6, usual: 0.01, requests: 900, errors: 0 }];
      etcdContainers(made, { memoryBytes: 2020 * MI, limitBytes: 2048 * MI, memoryStalled: 0.5 });
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdAtMemoryLimit: 'confirmed', etcdSlow: 'confirmed', ...broken },
  },
  'etcd-slow-near-memory-limit': {
    about: 'etcd is slow and uses 88 % of its memory limit: neither calm nor full',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.6, meanNow: 0.6, usual: 0.01, requests: 900, errors: 0 }];
      etcdContainers(made, { memoryBytes: 1800 * MI, limitBytes: 2048 * MI });
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...broken },
  },
  'etcd-silent-after-its-peak': {
    about: 'etcd outside Kubernetes hangs, and its memory had come down from its peak before: no plateau',
    world: world((made) => {
      silentEtcd(made);
      hangingMembers(made, 500 * MI, 260 * MI);
      made.members = made.members.map((row) => ({ ...row, highestBytes: 800 * MI }));
      made.containers = made.containers.filter(({ container }) => container !== 'etcd');
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...whileSilent, ...broken },
  },
  'etcd-errors-only': {
    about: 'etcd answers quickly, and every tenth time with an error',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.01, meanNow: 0.01, usual: 0.009, requests: 50, errors: 0.1 }];
      made.answers = [{ all: 420, broken: 42 }];
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
  'etcd-errors-not-counted': {
    about: 'What fails at etcd is not counted, and every tenth answer of the API server is 5xx',
    world: world((made) => {
      made.answers = [{ all: 420, broken: 42 }];
      made.uncounted = ['errors'];
    }),
    differs: { etcdSlow: open, etcdAtMemoryLimit: open, recovered: 'ruled-out' },
  },
  'etcd-errors-not-counted-by-an-old-server': {
    about: 'An old API server does not count what fails at etcd, and answers hardly anything with 5xx',
    world: world((made) => {
      made.answers = [{ all: 420, broken: 0.1 }];
      made.uncounted = ['errors'];
    }),
    differs: {},
  },
  'etcd-not-timed': {
    about: 'How long etcd takes is not there: that is not quick',
    world: world((made) => {
      made.uncounted = ['mean', 'meanNow'];
    }),
    differs: { etcdSlow: open, etcdAtMemoryLimit: open, recovered: open },
  },
  'etcd-kills-not-counted': {
    about: 'etcd is slow and far from its memory limit; it was killed at it once, and when nobody counts',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.6, meanNow: 0.6, usual: 0.01, requests: 900, errors: 0 }];
      etcdContainers(made, { limitBytes: 8192 * MI, memoryBytes: 3000 * MI });
      made.pods = { limit: '8Gi', lastExit: 'OOMKilled', restarts: 1 };
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', ...broken },
  },
  'etcd-in-between': {
    about: 'etcd takes 160 ms on average: neither good nor slow',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.16, meanNow: 0.16, usual: 0.009, requests: 3000, errors: 0 }];
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: open, ...broken },
  },
  'etcd-hardly-asked': {
    about: 'Three requests to etcd within five minutes: they prove nothing',
    world: world((made) => {
      made.etcd = [{ operation: 'update', mean: 0.9, meanNow: 0.9, usual: 0.009, requests: 3, errors: 0 }];
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: open },
  },
  'etcd-slow-containers-unseen': {
    about: 'etcd does not answer and nothing is known of its memory',
    world: world((made) => {
      silentEtcd(made);
      made.failing.set('containers', 'unreachable').set('members', 'unreachable');
    }),
    differs: { etcdAtMemoryLimit: open, etcdSlow: 'confirmed', starvedServer: open, ...whileSilent, ...broken },
  },
};
