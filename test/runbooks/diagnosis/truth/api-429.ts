import type { Truth } from '../truth.ts';

export const truth: Truth = [
  {
    is: [],
    perhaps: ['etcdSlow'],
    why: 'one operation is slow; the etcd of an application serves no API server',
    cases: 'one-write-slow-beside-an-application one-write-slow-beside-an-application-that-hangs',
  },
  { is: [], cases: 'well-beside-an-application-that-hangs' },
  { is: ['etcdSlow'], cases: 'one-write-slow-on-slow-disks-beside-an-application' },
  {
    is: [],
    why: 'large lists take their time, and clients give up',
    cases: 'lists-as-slow-as-ever lists-grew-while-etcd-is-quick errors-of-one-operation',
  },
  { is: ['noisyFlow'], cases: 'noisy-flow-in-a-large-cluster noisy-flow-and-a-client-of-another' },
  {
    is: [],
    perhaps: ['noisyFlow'],
    unseen: true,
    why: 'who has the queue is not who is refused',
    cases: 'client-of-a-flow-not-refused',
  },
  {
    is: [],
    perhaps: ['etcdSlow'],
    why: 'one operation is slow, or fails: of what is asked, or of etcd',
    cases: `
      one-write-of-three-slow gets-slow-and-writes-quick writes-in-between-as-ever errors-of-one-operation-and-5xx
      errors-that-few-are-answered`,
  },
  { is: [], perhaps: ['etcdSlow'], unseen: true, cases: 'lists-grew-and-members-unseen' },
  { is: ['etcdSlow'], cases: 'one-write-of-three-slow-and-disks-too writes-fail' },
  { is: ['etcdSlow'], unseen: true, perhaps: ['etcdAtMemoryLimit'], cases: 'all-slow-at-an-unseen-etcd' },
  { is: [], cases: 'healthy hardly-anything webhook-hardly-called etcd-errors-not-counted-by-an-old-server' },
  {
    is: [],
    unseen: true,
    cases: `
      prometheus-down kubernetes-down may-not-read rejections-not-counted refusals-not-counted etcd-not-timed
      server-age-not-scraped`,
  },
  { is: [], why: 'the noisy client has a level of its own and disturbs nobody', cases: 'noisy-flow-isolated' },
  { is: [], why: 'something on the way swallows it', perhaps: ['stuckInstance'], cases: 'scrape-lost-on-its-way' },
  { is: [], perhaps: ['stuckInstance'], unseen: true, cases: 'stuck-instance-outside-kubernetes' },
  { is: [], perhaps: ['etcdSlow'], unseen: true, cases: 'etcd-errors-not-counted' },
  { is: [], perhaps: ['noisyFlow'], cases: 'usual-client-waits monday' },
  { is: ['noisyFlow'], unseen: true, cases: 'rejections-not-told-by-level' },
  {
    is: ['slowWebhook'],
    why: 'who waits for it is the one who calls it',
    cases: 'usual-client-and-slow-webhook monday-and-a-slow-webhook',
  },
  { is: ['slowWebhook'], perhaps: ['noisyFlow'], cases: 'slow-webhook-and-no-yesterday refused-more-and-slow-webhook' },
  { is: ['starvedServer'], why: 'the client asks what it always asks', cases: 'usual-client-and-starved-server' },
  { is: ['etcdSlow'], perhaps: ['etcdAtMemoryLimit'], unseen: true, cases: 'etcd-kills-not-counted' },
  { is: ['watchCache'], perhaps: ['noisyFlow'], cases: 'watch-cache-and-some-rejections' },
  { is: [], why: 'many ask, nobody most of it', cases: 'crowd-not-one' },
  { is: [], why: 'it overflows because the seats are taken', cases: 'accept-queue-after-full-level' },
  { is: [], perhaps: ['shuttingDown'], cases: 'down-not-stuck' },
  {
    is: [],
    perhaps: ['shuttingDown', 'stuckInstance'],
    why: 'one instance has too much to do and is not seen; of what it refuses only clients tell',
    cases: 'told-by-clients-of-one-that-hangs',
  },
  { is: [], perhaps: ['etcdSlow'], cases: 'etcd-in-between etcd-hardly-asked' },
  { is: [], perhaps: ['noisyFlow'], cases: 'noisy-flow-hardly-waiting several-levels-full' },
  { is: ['noisyFlow'], unseen: true, cases: 'noisy-flow-of-today flow-of-today-and-nobody-waits' },
  {
    is: ['etcdSlow'],
    perhaps: ['etcdAtMemoryLimit'],
    unseen: true,
    cases: 'etcd-something-killed-and-restarts-not-counted',
  },
  { is: [], perhaps: ['slowWebhook'], cases: 'webhook-in-between webhook-of-few-calls' },
  { is: ['starvedServer'], perhaps: ['slowWebhook'], cases: 'webhook-of-a-starved-server' },
  { is: ['starvedServer', 'slowWebhook'], cases: 'slow-webhook-beside-a-quick-one' },
  { is: [], perhaps: ['shuttingDown'], cases: 'told-by-clients-of-other-servers' },
  { is: ['noisyFlow'], unseen: true, cases: 'noisy-flow-on-unseen-machines' },
  { is: [], perhaps: ['noisyFlow'], unseen: true, cases: 'noisy-every-week-on-unseen-machines' },
  { is: [], perhaps: ['slowWebhook'], unseen: true, cases: 'webhook-not-measured' },
  { is: [], perhaps: ['starvedServer'], cases: 'busy-machines' },
  { is: [], perhaps: ['watchCache'], cases: 'watch-cache-without-a-start' },
  {
    is: ['watchCache'],
    perhaps: ['noisyFlow'],
    why: 'who asks so much that a fifth as much is rejected is not told',
    cases: 'watch-cache-and-some-rejected',
  },
  { is: [], perhaps: ['acceptQueue'], cases: 'accept-queue-for-long' },
  { is: ['evictionBudget'], cases: 'eviction-budget' },
  { is: ['evictionBudget', 'noisyFlow'], cases: 'evictions-and-others' },
  {
    is: ['etcdAtMemoryLimit', 'etcdSlow'],
    cases: `
      etcd-at-memory-limit etcd-at-memory-limit-backlog-and-restart etcd-plateau-outside-kubernetes
      etcd-killed-at-memory-limit etcd-killed-as-the-kernel-counts etcd-full-and-hanging etcd-thrashes-at-memory-limit`,
  },
  {
    is: ['etcdSlow'],
    cases: `
      etcd-slow-disk etcd-full-of-cache etcd-full-of-cache-and-another-hangs etcd-child-killed-and-a-slow-disk
      etcd-errors-only`,
  },
  {
    is: ['etcdSlow'],
    perhaps: ['etcdAtMemoryLimit'],
    cases: 'etcd-plateau-on-a-full-machine etcd-slow-near-memory-limit etcd-silent-after-its-peak',
  },
  { is: ['etcdSlow'], perhaps: ['etcdAtMemoryLimit'], unseen: true, cases: 'etcd-slow-containers-unseen' },
  { is: ['etcdSlow'], perhaps: ['acceptQueue'], cases: 'accept-queue-with-slow-etcd-at-once' },
  { is: ['etcdSlow'], perhaps: ['noisyFlow'], cases: 'noisy-flow-and-slow-etcd' },
  { is: ['etcdSlow', 'starvedServer'], cases: 'starved-and-etcd-slow-too' },
  {
    is: ['noisyFlow'],
    cases: 'noisy-flow refused-more noisy-flow-without-yesterday noisy-flow-ownerless noisy-controller-manager',
  },
  { is: ['noisyFlow'], perhaps: ['slowWebhook'], cases: 'noisy-flow-and-a-webhook-of-twelve-calls' },
  { is: ['noisyFlow', 'slowWebhook'], cases: 'noisy-flow-and-slow-webhook' },
  { is: ['slowWebhook'], cases: 'slow-webhook slow-webhook-of-an-old-server' },
  { is: [], perhaps: ['slowWebhook'], unseen: true, cases: 'webhook-of-an-old-server' },
  { is: [], cases: 'answers-5xx-in-part answers-5xx-now-and-then answers-5xx-no-more writes-take-700-ms' },
  {
    is: ['noisyFlow'],
    cases: 'many-clients-at-once many-clients-and-a-young-server one-client-and-young-servers',
  },
  {
    is: [],
    perhaps: ['noisyFlow'],
    why: 'after a start all list anew, which passes: nobody asks too much',
    cases: 'all-list-anew all-list-anew-at-one-server young-server-and-its-lists-untold',
  },
  {
    is: ['starvedServer'],
    cases: `
      starved-throttled starved-waiting starved-and-etcd-only-seems-slow starved-and-a-scrape-of-etcd-refused`,
  },
  { is: ['starvedServer'], perhaps: ['stuckInstance'], cases: 'stuck-or-starved' },
  { is: ['watchCache'], cases: 'watch-cache watch-cache-after-etcd' },
  { is: ['shuttingDown'], cases: 'shutting-down shutting-down-told-by-clients' },
  { is: ['fairnessOff'], perhaps: ['noisyFlow'], cases: 'fairness-off' },
  { is: ['stuckInstance'], cases: 'stuck-instance' },
  { is: ['acceptQueue'], cases: 'accept-queue-first' },
  {
    is: [],
    perhaps: ['acceptQueue'],
    why: 'the kernel counts all sockets of a machine as one: it may be another program that does not accept',
    cases: 'accept-queue-of-another',
  },
  { is: ['stuckInstance'], perhaps: ['acceptQueue'], cases: 'accept-queue-and-server-silent' },
];
