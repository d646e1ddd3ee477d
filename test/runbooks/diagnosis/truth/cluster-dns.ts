import type { causes } from '../../../../runbooks/cluster-dns/causes/all.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  {
    is: [],
    perhaps: ['upstreamFails'],
    cases: 'one-domain-silent one-domain-silent-to-one-pod upstream-of-one-node-and-its-checks-pass',
    why: 'the servers of the names are down, and a resolver that is well waits for them in vain',
  },
  { is: ['upstreamFails'], cases: 'upstream-down-and-one-domain-asked upstream-is-a-loopback-address' },
  { is: ['upstreamFails'], perhaps: ['nodeNetwork'], cases: 'one-upstream-down-and-another-silent-to-one-node' },
  { is: ['apiUnreachable', 'nodeNetwork'], cases: 'api-server-not-reached-and-upstream-of-one-node' },
  {
    is: [],
    cases: `
      quiet loop-over loop-long-ago out-of-memory-20-minutes-ago out-of-memory-2-hours-ago liveness-an-hour-ago
      three-calls-lost three-calls-lost-and-the-log-does-not-say three-answers-lost three-failed-checks
      upstream-answers-few-servfail upstream-of-300-ms nothing-passed-on servfail-of-its-own servfail-and-plug-in-errors-in-each-block
      a-block-without-plug-in-errors-and-no-servfail ready-and-slow
      policy-that-allows held-back-hardly search-paths-and-no-load busy-with-names-that-are table-of-a-third
      table-filling slices-not-kept-yet service-without-a-selector no-deployment another-dns etcd-lost
      ready-for-100-seconds ready-for-17-minutes reload-refused-and-mended corefile-written-since-and-taken
      ten-of-900000-answers-lost one-call-refused three-calls-refused-and-the-log-does-not-say evicted-and-replaced replaced-right-now service-of-another-name rke2-and-well`,
  },
  {
    is: [],
    unseen: true,
    cases: `
      prometheus-down no-prometheus log-run-over errors-not-written corefile-forbidden nxdomain-not-counted
      table-not-counted slices-forbidden more-pods-than-are-read openshift-or-cloud-dns answers-not-timed answers-of-one-pod-counted
      checks-not-counted search-paths-and-one-pod-not-scraped`,
  },
  {
    is: ['upstreamFails'],
    unseen: true,
    cases: 'servfail-and-no-plug-in-errors servfail-and-a-block-without-plug-in-errors',
  },
  {
    is: ['livenessFails'],
    unseen: true,
    cases: `
      told-to-end-and-no-event-says-by-whom sigkill-and-no-event-says-by-whom sigterm-and-no-event-says-by-whom`,
  },
  {
    is: [],
    why: 'the API server is reached, and fails itself: no trouble of CoreDNS',
    cases: 'api-server-fails-itself api-server-fails-itself-now-and-then',
  },
  { is: [], unseen: true, cases: 'api-server-fails-itself-and-nobody-counts' },
  { is: [], cases: 'two-calls-lost-and-the-log-says-nothing' },
  {
    is: [],
    perhaps: ['apiUnreachable', 'nodeNetwork'],
    cases: `
      certificate-not-accepted-by-one certificate-not-accepted-by-one-and-the-other-waits-uncounted
      words-not-known-and-one-pod-counted api-server-refuses-connections-of-one-and-the-log-does-not-say`,
  },
  {
    is: [],
    perhaps: ['upstreamFails', 'nodeNetwork'],
    unseen: true,
    cases: 'questions-fail-otherwise-on-the-other-node',
  },
  { is: [], why: 'a policy that this network does not enforce', cases: 'policy-not-enforced' },
  {
    is: [],
    perhaps: ['policyForbids'],
    why: 'a policy as old as the cluster, and nobody asks: for it, or for something that is not looked at',
    cases: 'policy-not-enforced-and-nobody-asks',
  },
  {
    is: [],
    why: 'renamed names are asked of the cluster itself, which answers them',
    cases: 'old-zone-rewritten-and-sent-to-itself',
  },
  { is: [], perhaps: ['loop'], cases: 'upstream-is-itself-and-nothing-shows-it' },
  { is: [], perhaps: ['policyForbids'], cases: 'policy-for-some' },
  { is: [], why: 'the Service was led to another DNS on purpose', cases: 'service-leads-to-another-dns' },
  { is: [], perhaps: ['upstreamFails'], cases: 'failures-not-told-apart' },
  { is: [], perhaps: ['upstreamFails'], unseen: true, cases: 'failures-not-told-apart-and-nobody-counts' },
  {
    is: [],
    perhaps: ['configRefused'],
    unseen: true,
    cases: 'corefile-written-since-and-nobody-counts corefile-written-since-and-one-pod-counted',
  },
  { is: [], perhaps: ['apiUnreachable', 'nodeNetwork'], unseen: true, cases: 'calls-lost-of-who-knows-how-many-pods' },
  { is: [], perhaps: ['apiUnreachable', 'nodeNetwork'], cases: 'api-server-not-reached-and-a-young-pod' },
  {
    is: [],
    perhaps: ['upstreamFails', 'nodeNetwork'],
    unseen: true,
    cases: `
      twelve-answers-lost-and-nobody-counts upstream-down-and-endpoints-forbidden
      failed-checks-of-who-knows-how-many-pods`,
  },
  { is: [], perhaps: ['upstreamSlow'], unseen: true, cases: 'slow-and-checks-not-counted' },
  {
    is: [],
    perhaps: ['policyForbids', 'upstreamFails'],
    cases: `
      policy-allows-one-of-two-ways policy-allows-a-port-and-the-log-names-none
      policy-for-some-upstreams-and-upstream-down policy-not-enforced-and-upstream-down
      policy-over-pods-of-the-host-network policy-new-beside-one-that-forbade-it-before`,
  },
  { is: [], perhaps: ['policyForbids', 'apiUnreachable'], cases: 'policy-allows-another-port-of-the-api-server' },
  { is: [], perhaps: ['searchPaths', 'cpuThrottled'], unseen: true, cases: 'search-paths-and-a-limit-nobody-scrapes' },
  {
    is: [],
    perhaps: ['loop', 'configRefused', 'outOfMemory', 'livenessFails', 'panics'],
    unseen: true,
    cases: 'nothing-says-how-it-ended',
  },
  { is: [], perhaps: ['apiRefused', 'apiUnreachable'], unseen: true, cases: 'cannot-watch-and-nobody-counts' },
  { is: [], perhaps: ['upstreamFails', 'nodeNetwork'], unseen: true, cases: 'upstream-of-one-pod' },
  { is: [], perhaps: ['upstreamSlow'], cases: 'upstream-rather-slow' },
  { is: [], perhaps: ['upstreamFails'], cases: 'upstream-answers-servfail-to-hardly-any' },
  { is: [], perhaps: ['cpuThrottled'], cases: 'held-back-a-little' },
  { is: [], perhaps: ['searchPaths'], cases: 'search-paths-and-some-load' },
  { is: [], perhaps: ['conntrackFull'], cases: 'table-races table-drops-and-has-room' },
  { is: [], perhaps: ['notStarted'], cases: 'pending-for-100-seconds' },
  { is: [], perhaps: ['nodeSilent'], unseen: true, cases: 'node-silent-old-server' },
  { is: ['scaledToZero'], cases: 'scaled-to-zero' },
  { is: ['notStarted'], cases: 'no-node-takes-it image-not-found pending-for-17-minutes' },
  {
    is: ['loop'],
    cases: `
      loop loop-without-prometheus loop-of-one loop-old-words loop-between-two-runs loop-in-its-first-half-minute
      loop-and-search-paths loop-and-our-clock-is-ahead`,
  },
  {
    is: ['loop'],
    why: 'it passes questions on to itself, and has no plug-in that would say so',
    cases: 'upstream-is-itself',
  },
  {
    is: ['loop'],
    perhaps: ['configRefused'],
    unseen: true,
    cases: 'loop-last-words-lost loop-last-words-lost-and-a-probe-failed loop-logs-forbidden',
  },
  {
    is: ['configRefused'],
    cases: `
      directive-unknown directive-gone-in-a-new-version directive-gone-in-an-old-version corefile-after-the-version
      port-taken reload-refused deployment-forbidden rke2-with-a-broken-corefile`,
  },
  { is: ['configRefused'], unseen: true, cases: 'reload-refused-6-minutes-ago' },
  {
    is: ['outOfMemory'],
    cases:
      'out-of-memory out-of-a-gibibyte out-of-300-mebibytes out-of-memory-of-its-node out-of-memory-after-a-refused-reload',
  },
  {
    is: ['outOfMemory'],
    perhaps: ['loop'],
    cases: 'out-of-memory-without-plug-in-loop old-zone-rewritten-and-out-of-memory',
  },
  {
    is: [],
    perhaps: ['panics', 'configRefused'],
    why: 'it ends by itself, as after a panic, for a reason that nobody knows: a probe of a dead process is the effect',
    cases: 'liveness-of-a-dead-process',
  },
  { is: ['panics'], unseen: true, cases: 'panic-of-more-lines-than-are-read' },
  { is: [], perhaps: ['panics', 'loop', 'configRefused'], unseen: true, cases: 'panic-and-last-words-lost' },
  { is: [], perhaps: ['configRefused'], cases: 'ends-for-a-reason-that-is-not-known' },
  { is: [], perhaps: ['loop', 'configRefused'], unseen: true, cases: 'ended-and-nothing-written' },
  { is: [], perhaps: ['panics'], why: 'one end is not yet a trouble that lasts', cases: 'panic-20-minutes-ago' },
  { is: [], why: 'its machine has no memory left, and the kernel ended nothing', cases: 'go-gets-no-more-memory' },
  { is: [], perhaps: ['livenessFails'], unseen: true, cases: 'liveness-and-nobody-says-who-ended-it' },
  {
    is: [],
    perhaps: ['livenessFails', 'loop', 'configRefused'],
    unseen: true,
    cases: 'liveness-once-and-dead-since',
  },
  {
    is: ['livenessFails'],
    cases: `
      liveness liveness-with-a-limit-that-does-nothing liveness-25-minutes-ago
      liveness-and-its-kubelet-says-so`,
  },
  { is: ['livenessFails'], unseen: true, cases: 'liveness-without-events' },
  {
    is: ['livenessFails'],
    perhaps: ['cpuThrottled'],
    unseen: true,
    cases: 'liveness-with-a-limit-that-nobody-scrapes',
  },
  { is: ['livenessFails', 'cpuThrottled'], cases: 'liveness-because-it-is-held-back' },
  { is: ['nodeSilent'], cases: 'node-silent' },
  {
    is: ['serviceAstray'],
    cases: `
      no-service selector-of-nobody slices-not-kept slices-not-kept-for-three-minutes rke2-without-its-service`,
  },
  {
    is: ['policyForbids'],
    cases: `
      policy-lets-nobody-ask policy-lets-nobody-ask-by-udp policy-forbids-upstream policy-forbids-the-api-server
      policy-forbids-dns-over-tls policy-shuts-the-port-of-its-upstream-unseen`,
  },
  {
    is: ['apiRefused'],
    cases: 'rights-lost rights-lost-without-prometheus token-refused rights-lost-and-the-log-does-not-say',
  },
  { is: ['nodeNetwork'], cases: 'api-server-not-reached-from-one-node upstream-of-one-node' },
  {
    is: ['apiUnreachable'],
    cases: `
      api-server-not-reached api-server-not-reached-and-the-log-does-not-say api-server-cuts-connections
      api-server-refuses-connections-and-the-log-does-not-say`,
  },
  {
    is: ['apiUnreachable'],
    why: 'whoever answers there, it is not known to be the API server',
    cases: 'certificate-not-accepted certificate-not-accepted-by-one-and-the-other-waits',
  },
  {
    is: ['upstreamFails'],
    cases: `
      upstream-down upstream-down-without-prometheus upstream-down-added-up upstream-down-and-no-logs
      upstream-of-one-pod-of-the-same-node twelve-and-three-answers-lost upstream-answers-servfail
      upstream-answers-servfail-to-few upstream-on-port-8600 upstream-on-port-8600-and-one-that-answers
      upstreams-that-are-not-healthy twenty-of-900-answers-lost ten-of-900000-answers-lost-and-checks-fail
      policy-allows-dns-over-tls-and-upstream-down policy-not-enforced-and-one-upstream-down
      old-zone-rewritten-and-upstream-down`,
  },
  { is: ['upstreamFails'], perhaps: ['nodeNetwork'], cases: 'upstream-down-and-one-pod upstream-down-and-an-idle-pod' },
  { is: ['upstreamFails'], perhaps: ['upstreamSlow'], cases: 'upstream-slow-where-it-answers' },
  { is: ['upstreamFails'], unseen: true, cases: 'upstream-down-and-policies-forbidden' },
  { is: ['upstreamFails', 'conntrackFull'], cases: 'table-full-and-upstream-down' },
  { is: ['upstreamSlow'], cases: 'upstream-slow objects-forbidden' },
  { is: ['cpuThrottled'], cases: 'held-back held-back-and-scaled-by-another' },
  {
    is: ['cpuThrottled'],
    unseen: true,
    cases: 'limit-and-no-figures held-back-without-prometheus held-back-where-nobody-scrapes',
  },
  { is: ['cpuThrottled', 'searchPaths'], cases: 'search-paths-and-held-back' },
  { is: ['searchPaths'], cases: 'search-paths' },
  { is: ['conntrackFull'], cases: 'table-full two-tables-full' },
  { is: ['panics'], cases: 'panics panics-counted panic-ends-it panic-ends-all' },
];
