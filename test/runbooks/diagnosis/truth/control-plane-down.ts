import type { causes } from '../../../../runbooks/control-plane-down/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  {
    is: [],
    cases: `
      api-server-healthy scheduler-healthy manager-healthy etcd-not-told-of-and-written checks-forbidden lease-of-25s
      leadership-lost-an-hour-ago restarted-for-something-else flag-mended-just-now no-lease-and-scraped
      mirror-pod-missing node-not-ready-by-its-own-kubelet`,
  },
  {
    is: [],
    why: 'a clock is wrong, and all else well',
    cases: `
      our-clock-ahead our-clock-ahead-unseen clock-of-the-leader-a-little-ahead clock-of-the-leader-ahead
      clock-of-the-leader-behind clock-of-the-leader-far-behind kubelet-ahead-of-the-leader
      kubelet-of-the-leader-a-minute-behind`,
  },
  {
    is: [],
    why: 'it works without that lease',
    cases: 'elects-nobody works-without-its-lease elects-in-another-namespace',
  },
  { is: [], why: 'its machine is five minutes old', cases: 'machine-is-joining' },
  { is: [], unseen: true, cases: 'prometheus-blind machines-forbidden leases-forbidden no-lease-at-all' },
  {
    is: [],
    why: 'one of its own checks fails, of which the runbook knows no cause',
    cases: 'api-server-not-ready-not-discovered',
  },
  { is: [], perhaps: ['apiServersDown', 'wayBlocked'], unseen: true, cases: 'all-blind' },
  {
    is: [],
    perhaps: ['apiServersDown', 'wayBlocked'],
    cases: `
      api-servers-down-or-so no-client-answered-and-api-servers-not-scraped api-servers-just-died prometheus-cut-off-as-well prometheus-cut-off-with-its-own-machine`,
  },
  {
    is: [],
    why: 'one API server fails its check of etcd, and it is the scheduler that is asked about',
    cases: 'etcd-check-of-one-instance',
  },
  {
    is: [],
    perhaps: ['dependencySilent'],
    why: 'one API server fails its check of etcd: its member is away from it, or was slow at that moment',
    cases: 'api-server-away-from-its-etcd',
  },
  { is: [], why: 'its certificate was refused, and it runs again', cases: 'refused-and-so-lost-its-lease' },
  {
    is: ['dependencySilent'],
    cases: 'api-server-ends-without-its-etcd scheduler-ends-without-an-api-server not-ready-without-its-api-server',
  },
  {
    is: [],
    perhaps: ['probeFails', 'dependencySilent'],
    cases: 'api-server-not-ready-and-metrics-server-refuses',
  },
  {
    is: ['probeFails'],
    perhaps: ['dependencySilent'],
    cases:
      'api-server-ended-by-its-kubelet not-ready-and-somebody-else-did-not-answer not-ready-and-its-api-server-was-away',
  },
  {
    is: [],
    perhaps: ['othersCertificate', 'crashLoop'],
    cases: 'ends-beside-a-certificate-of-who-knows-whom',
  },
  { is: [], perhaps: ['notScraped'], cases: 'one-request-timed-out strangers-not-scraped' },
  { is: [], perhaps: ['leaseStale'], unseen: true, cases: 'managed-clock-unknown' },
  { is: [], perhaps: ['leadershipLost'], unseen: true, cases: 'leadership-lost-unread' },
  { is: [], perhaps: ['etcdLost'], unseen: true, cases: 'etcd-not-told-of checks-forbidden-and-nothing-fresh' },
  { is: [], perhaps: ['probeFails'], cases: 'probe-failed-half-an-hour-ago' },
  { is: [], perhaps: ['probeFails'], unseen: true, cases: 'events-forbidden' },
  { is: [], perhaps: ['crashLoop'], cases: 'ended-once' },
  { is: [], perhaps: ['machineGone'], cases: 'kubelet-late-and-judged' },
  { is: [], perhaps: ['manifestMissing'], unseen: true, cases: 'manifest-gone-from-one-and-prometheus-blind' },
  {
    is: ['apiServersDown'],
    cases: `
      api-servers-down api-servers-down-seen-by-clients recorded-api-server-stopped
      api-servers-down-in-a-small-cluster api-servers-down-and-their-machines-too`,
  },
  { is: ['wayBlocked'], cases: 'way-blocked load-balancer-down-seen-by-clients' },
  {
    is: ['wayBlocked'],
    unseen: true,
    cases: 'way-blocked-for-us-alone way-blocked-and-no-client-scraped way-blocked-and-scraped-long-ago',
  },
  { is: ['apiServersDown'], unseen: true, cases: 'api-server-froze-after-its-scrape' },
  { is: [], perhaps: ['notScraped'], unseen: true, cases: 'lease-left-over' },
  { is: ['etcdLost'], cases: 'etcd-lost recorded-etcd-lost' },
  { is: ['machineGone'], cases: 'machine-gone machine-unknown-and-it-answers' },
  { is: ['machineGone', 'badConfiguration'], cases: 'machine-silent-and-nobody-says-so' },
  {
    is: ['manifestMissing'],
    cases: `
      manifest-gone-from-one manifest-gone-from-all manifest-gone-and-prometheus-blind
      manifest-gone-and-the-lease-given-back`,
  },
  { is: ['imageMissing'], cases: 'image-missing-on-one' },
  { is: ['imageMissing', 'badConfiguration'], cases: 'flag-and-image' },
  { is: ['badConfiguration'], cases: 'flag-unknown-to-all flag-unknown-to-one kubeconfig-missing' },
  { is: ['badConfiguration'], unseen: true, cases: 'flag-logs-forbidden' },
  {
    is: ['certificate'],
    cases: `
      certificate-expired-and-ready certificate-and-not-scraped not-ready-for-its-certificate
      watches-are-refused-and-nobody-leads etcd-refuses-the-certificate`,
  },
  {
    is: [],
    cases: 'leads-and-hangs leads-and-hangs-and-scrapes-fail manager-leads-and-hangs',
    why: 'what is wrong, a queue that hangs, is none of its causes',
  },
  { is: ['notScraped'], unseen: true, cases: 'elects-nobody-by-its-file' },
  { is: ['notScraped'], cases: 'manager-not-scraped-and-two-deployments-change' },
  { is: ['crashLoop'], cases: 'key-service-refuses key-service-never-began cloud-tells-it-nothing' },
  { is: ['leadershipLost'], cases: 'lease-lost-beside-a-file-that-is-missing' },
  { is: ['othersCertificate', 'badConfiguration'], cases: 'api-servers-certificate-expired-and-a-flag' },
  {
    is: ['othersCertificate'],
    cases: `
      certificate-of-another-ca api-server-instance-down etcds-certificate-expired api-servers-certificate-expired
      api-servers-certificate-expired-and-watches not-ready-for-the-api-servers-certificate`,
  },
  { is: ['dependencySilent'], cases: 'etcd-refuses-connections' },
  { is: ['crashLoop'], why: 'a client of it trusts another CA', cases: 'clients-do-not-accept-the-certificate' },
  { is: ['outOfMemory'], cases: 'out-of-memory' },
  { is: ['probeFails'], cases: 'probe-fails-while-it-runs probe-ends-it port-taken out-of-memory-long-ago' },
  { is: ['probeFails'], perhaps: ['outOfMemory'], cases: 'how-it-ended-is-not-told' },
  {
    is: ['crashLoop'],
    cases:
      'panics runs-between-two-panics runs-between-two-ends-and-is-not-ready-yet panics-after-a-webhook panics-right-after-a-webhook panics-right-after-it-was-refused ends-long-after-it-was-refused api-server-hears-of-expired-clients',
  },
  {
    is: ['crashLoop'],
    perhaps: ['leaseStale'],
    why: 'whether it would lead, had it run on for longer',
    cases: 'all-run-between-two-panics',
  },
  { is: ['crashLoop'], unseen: true, cases: 'runs-between-two-ends-and-its-log-is-forbidden' },
  { is: ['outOfMemory'], cases: 'runs-between-two-ends-for-its-memory' },
  { is: ['dependencySilent'], cases: 'runs-between-two-refusals' },
  { is: ['probeFails'], cases: 'its-kubelet-ends-it-between' },
  { is: ['probeFails'], unseen: true, cases: 'told-to-end-and-no-event-says-why' },
  {
    is: [],
    why: 'what ended it is over',
    cases: 'runs-again-after-a-reboot ended-once-five-minutes-ago ended-twice-in-a-year ended-often-eleven-minutes-ago',
  },
  {
    is: ['leaseStale'],
    cases: `
      nobody-leads machine-is-joining-and-nobody-leads nobody-leads-and-not-scraped managed-scheduler-stands
      lease-of-last-month-and-pods-wait certificate-was-refused-once
      looked-before-the-lease-ran-out prometheus-blind-nobody-leads nobody-leads-and-metrics-refuse`,
  },
  {
    is: ['leaseStale'],
    perhaps: ['certificate', 'othersCertificate'],
    unseen: true,
    cases: 'nobody-leads-logs-forbidden',
  },
  { is: ['leaseStale'], unseen: true, cases: 'pods-forbidden' },
  {
    is: ['leadershipLost'],
    cases: `
      leadership-lost leadership-lost-again-and-again leadership-lost-and-metrics-refuse
      leadership-lost-again-and-metrics-refuse`,
  },
  {
    is: ['notScraped'],
    cases: `
      kubeadm-not-scraped scrapes-refused scrapes-swallowed strangers-only managed-not-scraped api-server-not-discovered
      api-server-instance-refuses-prometheus`,
  },
  { is: ['notScraped'], unseen: true, cases: 'scrapes-fail-pods-unseen mirror-pod-missing-and-nobody-scrapes' },
];
