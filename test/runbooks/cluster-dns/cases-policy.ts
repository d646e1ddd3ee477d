import type { Told } from './case.ts';
import { ago, COREFILE, lines } from './objects.ts';
import { writing } from './told.ts';
import { quiet, UPSTREAM, type World, wellAnswers, wellUpstream } from './world.ts';

/** Written so many seconds ago. */
const policyOf = (name: string, seconds: number, spec: object) => ({
  ...{ metadata: { name, creationTimestamp: ago(seconds) }, spec: { podSelector: {}, ...spec } },
});
/** Younger than what figures look back to. */
const policy = (name: string, spec: object) => policyOf(name, 120, spec);
/** As old as the cluster. */
const old = (name: string, spec: object) => policyOf(name, 8_000_000, spec);
const deny = old('default-deny', { policyTypes: ['Ingress', 'Egress'] });
const failed = { [UPSTREAM]: { ...wellUpstream, failedChecks: 80, failing: 2 } };
const tls = { port: 853, protocol: 'TCP' };
const plainDns = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }));
const toApi = [443, 6443].map((port) => ({ port, protocol: 'TCP' }));
const overTls: Partial<World> = {
  corefile: COREFILE.replace('/etc/resolv.conf', 'tls://9.9.9.9'),
  upstreams: { '9.9.9.9:853': { ...wellUpstream, failedChecks: 80, failing: 2 } },
};
const toApiOnly = { policyTypes: ['Egress'], egress: [{ ports: toApi }] };
const down = { perSecond: 0, failedChecks: 80, failing: 2, asking: 2 };
const unasked = { ...wellAnswers, questions: 0 };
/** NetworkPolicies that stand in its way, or not. */
export const policyCases: Readonly<Record<string, Told>> = {
  'policy-lets-nobody-ask': {
    about: 'A policy for all pods of kube-system: CoreDNS is ready, and nobody asks it.',
    world: { ...quiet, policies: [policy('default-deny', { policyTypes: ['Ingress'] })], answers: unasked },
    expect: { confirmed: ['policyForbids'] },
  },
  'policy-lets-nobody-ask-by-udp': {
    about: 'A port without a protocol is TCP only.',
    world: {
      ...quiet,
      policies: [policy('dns', { policyTypes: ['Ingress'], ingress: [{ ports: [{ port: 53 }] }] })],
      answers: unasked,
    },
    expect: { confirmed: ['policyForbids'] },
  },
  'policy-not-enforced': {
    about: 'The policy forbids it, and everybody asks all the same: this network does not enforce it.',
    world: { ...quiet, policies: [deny] },
    expect: { inconclusive: ['policyForbids'] },
  },
  'policy-not-enforced-and-one-upstream-down': {
    about: 'The same, and one of two upstreams is down: the other one and all clients get through.',
    world: writing(lines.timeouts(60, '10.0.0.3'), {
      ...{ policies: [deny], upstreams: { [UPSTREAM]: wellUpstream, '10.0.0.3:53': down } },
    }),
    expect: { confirmed: ['upstreamFails'], inconclusive: ['policyForbids'] },
  },
  'policy-not-enforced-and-upstream-down': {
    about: 'It forbids that as long as there has been this cluster; now its upstream is down.',
    world: writing(lines.timeouts(60), { policies: [old('dns', toApiOnly)], upstreams: { [UPSTREAM]: down } }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails', 'upstreamSlow'] },
  },
  'policy-not-enforced-and-nobody-asks': {
    about: 'It is as old as the cluster: that nobody asks has another reason.',
    world: { ...quiet, policies: [old('deny-in', { policyTypes: ['Ingress'] })], answers: unasked },
    expect: { inconclusive: ['policyForbids'] },
  },
  'policy-over-pods-of-the-host-network': {
    about: 'A new policy forbids it, its pods use the network of their machines, and its upstream is down.',
    world: writing(lines.timeouts(12), {
      pods: quiet.pods.map((one) => ({ ...one, onHost: true })),
      ...{ policies: [policy('dns', toApiOnly)], upstreams: failed },
    }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails'] },
  },
  'policy-new-beside-one-that-forbade-it-before': {
    about: 'What a new policy would let through no more, an old one has not let through for months.',
    world: writing(lines.timeouts(60), {
      policies: [old('dns', toApiOnly), policy('dns-too', { policyTypes: ['Egress'] })],
      upstreams: { [UPSTREAM]: down },
    }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails', 'upstreamSlow'] },
  },
  'policy-forbids-upstream': {
    about: 'It may ask nobody on port 53: the upstream is not to blame.',
    world: writing(lines.timeouts(12), { policies: [policy('dns', toApiOnly)], upstreams: failed }),
    expect: { confirmed: ['policyForbids'], inconclusive: ['upstreamFails'] },
  },
  'policy-forbids-the-api-server': {
    about: 'It may ask on port 53 and nowhere else.',
    world: writing(lines.apiTimeout(12), {
      policies: [
        policy('dns', {
          podSelector: { matchExpressions: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
          ...{ policyTypes: ['Egress'], egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }] },
        }),
      ],
      apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 },
    }),
    expect: { confirmed: ['policyForbids'], inconclusive: ['apiUnreachable'] },
  },
  'policy-forbids-dns-over-tls': {
    about: 'It may ask on port 53, and its upstream is asked on TCP port 853.',
    world: writing(lines.lost(12, 'dial tcp 9.9.9.9:853: i/o timeout'), {
      ...overTls,
      policies: [policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [...plainDns, ...toApi] }] })],
    }),
    expect: { confirmed: ['policyForbids'], inconclusive: ['upstreamFails'] },
  },
  'policy-shuts-the-port-of-its-upstream-unseen': {
    about:
      'The same, but neither its log nor Prometheus can be read: by its Corefile it asks on a port that the policy keeps shut.',
    world: writing(lines.lost(12, 'dial tcp 9.9.9.9:853: i/o timeout'), {
      ...overTls,
      policies: [policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [...plainDns, ...toApi] }] })],
    }),
    failing: ['query ', 'logs '],
    expect: {
      inconclusive: [
        'configRefused',
        'policyForbids',
        'apiRefused',
        'nodeNetwork',
        'apiUnreachable',
        'upstreamFails',
        'upstreamSlow',
        'searchPaths',
        'conntrackFull',
        'panics',
      ],
    },
  },
  'policy-allows-dns-over-tls-and-upstream-down': {
    about: 'It may ask on TCP port 853, where its upstream is asked, and that does not answer.',
    world: writing(lines.lost(12, 'dial tcp 9.9.9.9:853: i/o timeout'), {
      ...overTls,
      policies: [policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [tls, ...toApi] }] })],
    }),
    expect: { confirmed: ['upstreamFails'] },
  },
  'policy-allows-one-of-two-ways': {
    about: 'Upstreams are asked by UDP and by TCP, neither answers, and the policy allows TCP.',
    world: writing([...lines.timeouts(12), ...lines.lost(12, 'dial tcp 10.0.0.2:53: i/o timeout')], {
      upstreams: failed,
      policies: [policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 53 }, ...toApi] }] })],
    }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails'] },
  },
  'policy-allows-a-port-and-the-log-names-none': {
    about:
      'Plug-in errors adds up without a port; nobody counts, and the policy allows UDP port 8600, which may be it.',
    world: writing(lines.addedUp(40), {
      upstreams: {},
      policies: [
        policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 8600, protocol: 'UDP' }, ...toApi] }] }),
      ],
    }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails', 'upstreamSlow'] },
  },
  'policy-for-some-upstreams-and-upstream-down': {
    about: 'It may ask one network; whether its upstream is in it is not looked at.',
    world: writing(lines.timeouts(12), {
      upstreams: failed,
      policies: [
        policy('dns', {
          policyTypes: ['Egress'],
          egress: [{ ports: plainDns, to: [{ ipBlock: { cidr: '10.9.0.0/16' } }] }, { ports: toApi }],
        }),
      ],
    }),
    expect: { inconclusive: ['policyForbids', 'upstreamFails'] },
  },
  'policy-allows-another-port-of-the-api-server': {
    about: 'The port behind the Service of the API server may be the 8443 that the policy allows.',
    world: writing(lines.apiTimeout(12), {
      policies: [
        policy('dns', { policyTypes: ['Egress'], egress: [{ ports: [{ port: 8443, protocol: 'TCP' }, ...plainDns] }] }),
      ],
      apiCalls: { all: 40, refused: 0, unanswered: 36, failing: 2, asking: 2 },
    }),
    expect: { inconclusive: ['policyForbids', 'apiUnreachable'] },
  },
  'policy-for-some': {
    about: 'Some namespaces may ask it.',
    world: {
      ...quiet,
      policies: [
        policy('dns', {
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { dns: 'yes' } } }],
              ports: [{ port: 'dns', protocol: 'UDP' }],
            },
          ],
        }),
      ],
    },
    expect: { inconclusive: ['policyForbids'] },
  },
  'policy-that-allows': {
    about: 'Policies that let through all it lives on, and one about others.',
    world: {
      ...quiet,
      policies: [
        policy('dns', {
          policyTypes: ['Ingress', 'Egress'],
          ingress: [{ ports: [{ port: 50, endPort: 60, protocol: 'UDP' }] }],
          egress: [{}],
        }),
        policy('others', { podSelector: { matchLabels: { 'k8s-app': 'metrics' } } }),
        policy('not-dns', {
          podSelector: {
            matchExpressions: [
              { key: 'k8s-app', operator: 'NotIn', values: ['kube-dns'] },
              { key: 'x', operator: 'Exists' },
              { key: 'y', operator: 'DoesNotExist' },
            ],
          },
        }),
      ],
    },
    expect: {},
  },
};
