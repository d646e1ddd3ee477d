import type { Truth } from '../truth.ts';

export const truth: Truth = [
  { is: [], why: 'an application has an etcd of its own', cases: 'application-well application-of-one-member-well' },
  {
    is: ['quorumLost', 'memberDown'],
    unseen: true,
    why: 'nobody but its own metrics tells of the etcd of an application',
    cases: 'application-ended',
  },
  { is: [], unseen: true, cases: 'application-unseen' },
  { is: ['quorumLost'], cases: 'application-without-leader' },
  { is: ['memberDown'], cases: 'application-member-ended' },
  { is: ['memberStuck'], unseen: true, cases: 'application-member-hangs' },
  { is: ['slowDisk'], cases: 'application-on-a-slow-disk' },
  {
    is: [],
    cases: `
      healthy one-member recorded-healthy recorded-one-member recorded-member-replaced removed-after-it-failed
      scraped-100-seconds-ago started-once fsync-7.9ms lag-of-1000 round-trip-of-30ms nine-tenths-full refused-and-applied
      writes-seen-by-a-lease-a-little-ahead two-etcds-are-well`,
  },
  {
    is: [],
    unseen: true,
    cases: `
      scrapes-refused-by-all recorded-scrapes-refused kubeadm-default ended-once-unscraped ended-often-before-unscraped managed-control-plane prometheus-down
      young-cluster certificates-expired-on-one-day metrics-moved-and-no-api-server metrics-moved-of-one
      metrics-moved-and-the-first-rotated
      proxy-of-the-scrapes-ended two-lead-and-nobody-knows-of-whom`,
  },
  {
    is: [],
    perhaps: ['memberDown', 'memberStuck', 'slowDisk', 'starvedProcess', 'slowNetwork', 'applyBackPressure', 'noSpace'],
    unseen: true,
    why: 'what happened since the last scrape nobody saw',
    cases: 'scraped-4-minutes-ago slow-disk-4-minutes-ago',
  },
  {
    is: [],
    perhaps: ['memberDown', 'memberStuck', 'slowNetwork'],
    unseen: true,
    why: 'the others go on as before; what became of that follower nobody saw',
    cases: 'one-member-scraped-4-minutes-ago',
  },
  {
    is: [],
    perhaps: ['slowNetwork'],
    why: 'its peers refuse the certificate of the one that is cut off, which is not the network',
    cases: 'ca-rotation-half-done ca-rotation-half-done-and-forbidden ca-rotation-half-done-and-one-not-scraped',
  },
  {
    is: [],
    perhaps: ['slowDisk'],
    why: 'a p99 far over the limit, and nothing was late by it',
    cases: 'fsync-40ms-now',
  },
  { is: [], perhaps: ['slowDisk'], cases: 'fsync-8ms fsync-16ms fsync-often-over-16ms slow-backend-commits' },
  { is: [], perhaps: ['slowDisk', 'starvedProcess'], unseen: true, cases: 'a-little-pressure-without-etcd-metrics' },
  {
    is: [],
    perhaps: ['slowDisk', 'starvedProcess'],
    unseen: true,
    cases: 'waits-for-cpu-and-nobody-sees-its-disk waits-for-cpu-and-for-its-disk-unscraped',
  },
  { is: ['starvedProcess'], unseen: true, cases: 'waits-for-cpu-and-not-for-its-disk-unscraped' },
  { is: [], perhaps: ['slowNetwork'], cases: 'three-failed-sends' },
  { is: [], unseen: true, cases: 'log-forbidden log-slow-syncs-of-before' },
  {
    is: [],
    perhaps: ['slowDisk', 'starvedProcess', 'applyBackPressure'],
    unseen: true,
    why: 'a late heartbeat tells neither of them',
    cases: 'log-late-heartbeats log-of-etcd-3.2 log-one-slow-sync log-slow-syncs-of-a-follower',
  },
  {
    is: [],
    perhaps: ['slowNetwork', 'starvedProcess'],
    unseen: true,
    why: 'a process that pauses for seconds loses its connections, too',
    cases: 'log-lost-connections log-lost-connections-to-one-that-restarted',
  },
  { is: ['slowNetwork'], unseen: true, cases: 'log-unreached-a-moment-ago log-unreached-and-one-not-read' },
  {
    is: [],
    perhaps: ['slowNetwork'],
    why: 'it was over by the next try, or minutes ago; of a member that paused no packet comes back, either',
    cases: 'log-unreached-once log-unreached-until-five-minutes-ago log-unreached-while-paused',
  },
  {
    is: [],
    perhaps: ['slowNetwork', 'memberDown'],
    unseen: true,
    cases: 'stranger-runs-and-is-not-let-in',
  },
  { is: ['memberDown'], unseen: true, cases: 'log-lost-connections-to-one-that-ended' },
  { is: [], perhaps: ['noSpace'], unseen: true, cases: 'nobody-writes' },
  { is: [], perhaps: ['frozenApi'], cases: 'check-fails-since-a-moment' },
  { is: [], perhaps: ['memberDown', 'memberStuck'], cases: 'fails-after-600ms external-member-hangs' },
  {
    is: [],
    perhaps: ['starvedProcess'],
    why: 'a pause of the whole machine would look so',
    cases: 'hardly-throttled',
  },
  {
    is: ['quorumLost', 'memberDown'],
    cases: `
      recorded-quorum-lost two-lost-and-no-api-server two-lost-and-a-lease-ahead one-member-ended three-members-ended
      two-etcds-and-one-without-quorum learners-do-not-make-a-quorum`,
  },
  {
    is: ['quorumLost', 'memberDown'],
    unseen: true,
    cases: `
      three-refuse-and-a-slow-api-server two-refuse-and-the-errors-cannot-be-read
      three-ended-behind-a-port-of-their-metrics`,
  },
  { is: ['quorumLost', 'memberDown', 'frozenApi'], cases: 'two-lost-a-day-ago' },
  { is: ['quorumLost', 'memberStuck', 'frozenApi'], cases: 'all-stuck-at-their-memory-limit' },
  {
    is: ['quorumLost', 'memberStuck'],
    perhaps: ['frozenApi'],
    unseen: true,
    why: 'there was no API server to be frozen',
    cases: 'recorded-all-stuck',
  },
  {
    is: ['memberDown'],
    cases: `
      ended-by-the-word-of-its-kubelet two-etcds-and-a-member-down learner-and-a-voter-down machine-of-a-member-gone
      refused-after-200ms stranger-down recorded-stranger-down recorded-member-down`,
  },
  { is: ['memberDown'], perhaps: ['quorumLost'], unseen: true, cases: 'two-silent-and-no-api-server' },
  { is: ['memberStuck'], cases: 'leader-stuck-others-go-on recorded-stranger-stuck' },
  { is: ['memberStuck'], unseen: true, cases: 'recorded-member-stuck' },
  {
    is: ['noSpace'],
    cases: 'nospace-alarm alarm-not-disarmed full-by-the-default-quota recorded-no-space',
  },
  {
    is: ['noSpace', 'applyBackPressure'],
    why: 'its members were defragmented two minutes before, and applies waited for that',
    cases: 'recorded-alarm-not-disarmed',
  },
  {
    is: ['slowDisk'],
    cases: `
      slow-disk-contention slow-disk-noisy-neighbour slow-disk-noisy-daemon slow-disk-flood-of-logs slow-disk-with-a-queue
      slow-disk-all-busy slow-disk-that-nobody-floods slow-disk-one-writer-of-many slow-disk-writer-of-30mb
      slow-disk-writer-of-4mb fsync-16.1ms pressure-without-etcd-metrics kubernetes-down recorded-slow-disk log-slow-syncs
      log-slow-syncs-of-etcd-3.3 slow-disk-and-the-log-agrees slow-disk-and-the-log-forbidden
      few-fsyncs-and-slow-syncs-in-the-log`,
  },
  { is: ['slowDisk'], perhaps: ['starvedProcess'], cases: 'slow-disk-seldom-scraped slow-disk-while-it-waits-for-cpu' },
  {
    is: [],
    perhaps: ['starvedProcess'],
    why: 'little CPU, and a hiccup: the one need not be for the other',
    cases: 'one-late-round-while-it-waits-for-cpu',
  },
  {
    is: ['slowDisk'],
    perhaps: ['starvedProcess'],
    unseen: true,
    cases: 'heartbeats-unread-and-a-slow-follower',
  },
  { is: ['slowDisk', 'starvedProcess'], unseen: true, cases: 'recorded-slow-disk-and-starved' },
  { is: ['slowDisk', 'starvedProcess'], cases: 'slow-disk-and-starved' },
  { is: ['slowDisk', 'slowNetwork'], cases: 'disk-and-network' },
  {
    is: ['starvedProcess'],
    cases: `
      throttled-container throttled-a-third container-waits-for-cpu machine-busy starved-without-cpu-figures
      few-long-fsyncs-against-many-late-rounds recorded-starved`,
  },
  { is: ['starvedProcess', 'noSpace'], cases: 'starved-and-full' },
  {
    is: ['slowNetwork'],
    cases:
      'member-cut-off cut-off-and-another-not-scraped ten-failed-sends recorded-slow-network log-unreached log-unreached-for-half-a-minute',
  },
  { is: ['slowNetwork'], cases: 'timers-unread-round-trip-of-300ms timers-unread-round-trip-grown' },
  {
    is: [],
    perhaps: ['slowNetwork', 'wrongTimers'],
    cases: 'timers-unread-round-trip-of-120ms timers-unread-round-trip-as-usual',
  },
  { is: ['slowNetwork'], unseen: true, cases: 'cut-off-and-nothing-of-the-others' },
  { is: ['slowNetwork', 'wrongTimers'], cases: 'round-trip-of-300ms-and-a-long-tail' },
  { is: ['wrongTimers'], perhaps: ['slowNetwork'], cases: 'round-trip-of-300ms' },
  {
    is: [],
    perhaps: ['slowNetwork', 'wrongTimers'],
    unseen: true,
    why: 'somebody else set its timers, and nobody tells how',
    cases: 'external-and-far-apart',
  },
  { is: [], unseen: true, cases: 'external-and-near' },
  {
    is: [],
    unseen: true,
    why: 'of this cluster nobody tells anything',
    cases: 'slow-disk-of-another-cluster well-by-the-figures-of-another-cluster',
  },
  {
    is: [],
    perhaps: ['memberDown'],
    why: 'it ends again and again, and is up now',
    cases: 'ends-again-and-again ends-again-and-again-unscraped ends-again-and-seldom-scraped',
  },
  { is: ['wrongTimers'], cases: 'timers-differ timers-6000-30000 timers-300-1000 timers-900-6000' },
  { is: [], cases: 'two-led-and-one-was-hardly-late' },
  { is: ['wrongTimers'], perhaps: ['slowNetwork'], cases: 'round-trip-of-120ms' },
  { is: ['applyBackPressure'], cases: 'apply-back-pressure fifty-slow-applies lag-of-6000 refused-far-behind' },
  { is: ['frozenApi'], cases: 'api-server-lost-etcd certificates-expired-and-the-check-fails' },
  {
    is: ['frozenApi'],
    perhaps: ['slowNetwork'],
    why: 'its peers refuse the certificate of the one that is cut off, which is not the network',
    cases: 'ca-rotation-and-the-last-untouched metrics-moved-and-ca-rotated',
  },
];
