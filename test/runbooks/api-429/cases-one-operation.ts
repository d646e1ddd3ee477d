import type { Written } from './cases.ts';
import { noisy } from './noise.ts';
import { type Line, world } from './world.ts';

const open = 'inconclusive' as const;
const broken = { recovered: 'ruled-out' } as const;
const undecided = { etcdSlow: open, etcdAtMemoryLimit: open } as const;

/** An operation of etcd, as the API server measures it: means in seconds, now and yesterday. */
const asked = (operation: string, mean: number, usual = mean, errors = 0): Line => ({
  ...{ operation, mean, meanNow: mean, usual, errors },
  requests: 900,
});
const reads = asked('get', 0.004);
const writes = asked('update', 0.02);

/** The etcd that an application brought along, scraped as a pod; quantiles are told by its address alone. */
const ofMilvus = (figures: Line): readonly Line[] => [
  {
    ...{ instance: '10.244.7.1:2379', pod: 'milvus-etcd-0', namespace: 'milvus', up: 1, scrapeSeconds: 0.01 },
    ...{ restarts: 0, memoryBytes: 3e8, highestBytes: 3e8, lowestBytes: 2.9e8 },
    ...figures,
  },
  { instance: '10.244.7.1:2379', fsyncP99: 0.06 },
];
const oneWriteSlow = [reads, writes, asked('create', 0.02), asked('delete', 0.3, 0.02)];

/** One operation of etcd is slow, or fails: that is not etcd. */
export const oneOperation: Readonly<Record<string, Written>> = {
  'lists-as-slow-as-ever': {
    about: 'A large cluster: lists take 400 ms at etcd as they always did, all else is answered at once',
    world: world((made) => {
      made.etcd = [reads, writes, asked('list', 0.4, 0.38)];
    }),
    differs: {},
  },
  'noisy-flow-in-a-large-cluster': {
    about: 'The same, and one client fills a priority level',
    world: world((made) => {
      noisy(made);
      made.etcd = [reads, writes, asked('list', 0.4, 0.38)];
    }),
    differs: { noisyFlow: 'confirmed', ...broken },
  },
  'lists-grew-while-etcd-is-quick': {
    about: 'Lists take 600 ms of late, and not 40: somebody reads much more. The members of etcd are quick',
    world: world((made) => {
      made.etcd = [reads, writes, asked('listWithCount', 0.6, 0.04)];
    }),
    differs: {},
  },
  'lists-grew-and-members-unseen': {
    about: 'The same, and the members of etcd are not scraped',
    world: world((made) => {
      made.etcd = [reads, writes, asked('listWithCount', 0.6, 0.04)];
      made.failing.set('members', 'unreachable');
    }),
    differs: { ...undecided, recovered: open },
  },
  'one-write-of-three-slow': {
    about: 'Deleting takes 300 ms, creating and updating 20 ms',
    world: world((made) => {
      made.etcd = [reads, writes, asked('create', 0.02), asked('delete', 0.3, 0.02)];
    }),
    differs: { ...undecided, ...broken },
  },
  'one-write-of-three-slow-and-disks-too': {
    about: 'Creating takes 300 ms, and the members sync their logs within 60 ms only',
    world: world((made) => {
      made.etcd = [reads, writes, asked('create', 0.3, 0.02), asked('delete', 0.2, 0.02)];
      made.members = made.members.map((row) => ({ ...row, fsyncP99: 0.06 }));
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
  'gets-slow-and-writes-quick': {
    about: 'To get one object takes 300 ms, to write one 20 ms: of large objects, or of one',
    world: world((made) => {
      made.etcd = [asked('get', 0.3, 0.004), writes];
    }),
    differs: { ...undecided, ...broken },
  },
  'all-slow-at-an-unseen-etcd': {
    about: 'All that is asked of etcd takes over 300 ms, and its members are not scraped',
    world: world((made) => {
      made.etcd = [asked('get', 0.3, 0.004), asked('update', 0.7, 0.02), asked('list', 0.9, 0.04)];
      made.members = [];
      made.began = { etcdMean: 600 };
    }),
    differs: { etcdSlow: 'confirmed', etcdAtMemoryLimit: open, ...broken },
  },
  'writes-in-between-as-ever': {
    about: 'Writes take 160 ms as they do on any day: neither good nor slow, and nothing to wait for',
    world: world((made) => {
      made.etcd = [reads, asked('update', 0.16, 0.15)];
    }),
    differs: undecided,
  },
  'errors-of-one-operation': {
    about: 'Of what is got 6 % fail at etcd, as of clients that give up; no write fails, nobody is answered 5xx',
    world: world((made) => {
      made.etcd = [asked('get', 0.004, 0.004, 0.06), writes];
    }),
    differs: {},
  },
  'errors-of-one-operation-and-5xx': {
    about: 'The same, and 1 % of all answers is 5xx, of whatever',
    world: world((made) => {
      made.etcd = [asked('get', 0.004, 0.004, 0.06), writes];
      made.answers = [{ all: 420, broken: 4.2 }];
    }),
    differs: { ...undecided, recovered: 'ruled-out' },
  },
  'errors-that-few-are-answered': {
    about: 'A tenth of all fails at etcd, and of that a third is answered 5xx',
    world: world((made) => {
      made.etcd = [asked('get', 0.004, 0.004, 0.1), asked('update', 0.02, 0.02, 0.1)];
      made.answers = [{ all: 420, broken: 0.2 }];
    }),
    differs: { ...undecided, recovered: open },
  },
  'writes-fail': {
    about: 'Every write fails at etcd, and clients are answered 5xx: nothing is written any more',
    world: world((made) => {
      made.etcd = [reads, asked('create', 0.01, 0.01, 0.9), asked('update', 0.01, 0.01, 0.9)];
      made.answers = [{ all: 420, broken: 5 }];
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
  'one-write-slow-beside-an-application': {
    about: "Deleting takes 300 ms; the members of etcd are well, and the disk of an application's etcd is slow",
    world: world((made) => {
      made.etcd = oneWriteSlow;
      made.members.push(...ofMilvus({}));
    }),
    differs: { ...undecided, ...broken },
  },
  'one-write-slow-beside-an-application-that-hangs': {
    about: 'Deleting takes 300 ms at a provider who shows no etcd; that of an application hangs',
    world: world((made) => {
      made.etcd = oneWriteSlow;
      made.pods = undefined;
      made.members = [...ofMilvus({ up: 0, scrapeSeconds: 10 })];
    }),
    differs: { ...undecided, ...broken },
  },
  'well-beside-an-application-that-hangs': {
    about: "All is well, and an application's etcd, of which no namespace is told, hangs",
    world: world((made) => {
      made.members.push(...ofMilvus({ up: 0, scrapeSeconds: 10, pod: undefined, namespace: undefined }));
    }),
    differs: {},
  },
  'one-write-slow-on-slow-disks-beside-an-application': {
    about:
      'Creating takes 300 ms, and the members sync their logs within 60 ms only; that of an application is scraped, too',
    world: world((made) => {
      made.etcd = [reads, writes, asked('create', 0.3, 0.02), asked('delete', 0.2, 0.02)];
      made.members = [...made.members.map((row) => ({ ...row, fsyncP99: 0.06 })), ...ofMilvus({})];
    }),
    differs: { etcdSlow: 'confirmed', ...broken },
  },
};
