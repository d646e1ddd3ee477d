import { describe, expect, it } from 'vitest';
import { saidIn, unansweredIn } from '../../../runbooks/cluster-dns/log-lines.ts';
import { lines } from './objects.ts';

const said = (...all: readonly string[]) => saidIn(all.join('\n'));

describe('a line of the log', () => {
  it('of kube-dns names the upstream that did not answer: the resolver of Azure', () => {
    const { upstream, upstreamWords, api } = said(
      'I0309 09:32:35.123456       1 logs.go:41] skydns: failure to forward request "read udp 10.240.0.18:47848->168.63.129.16:53: i/o timeout"',
    );
    expect([...upstream]).toEqual([['168.63.129.16', 1]]);
    expect(upstreamWords).toBe('read udp 10.240.0.18:47848->168.63.129.16:53: i/o timeout');
    expect(api).toBe(0);
  });

  it('of kube-dns that does not reach the API server by its Service is about no upstream', () => {
    const { upstream, api, apiWords } = said(
      'E0309 09:32:35.123456       1 reflector.go:201] k8s.io/dns/pkg/dns/dns.go:147: Failed to list *v1.Endpoints: Get https://10.0.0.1:443/api/v1/endpoints?resourceVersion=0: dial tcp 10.0.0.1:443: i/o timeout',
    );
    expect([upstream.size, api, apiWords]).toEqual([0, 1, 'dial tcp 10.0.0.1:443: i/o timeout']);
  });

  it('of CoreDNS counts questions by upstream, also those it adds up', () => {
    const found = said(...lines.timeouts(3), ...lines.timeouts(2, '10.0.0.3'), ...lines.addedUp(40));
    expect([...found.upstream]).toEqual([
      ['10.0.0.2', 3],
      ['10.0.0.3', 2],
      ['', 40],
    ]);
    expect(unansweredIn(found)).toBe(45);
    expect(said(...lines.addedUp(40)).upstreamWords).toBe(
      "40 errors like '^read udp .* i/o timeout$' occurred in last 30s",
    );
  });

  it.each([
    'dial tcp 10.0.0.2:53: connect: connection refused',
    'write udp 10.244.1.7:40000->10.0.0.2:53: write: operation not permitted',
    'read udp [fd00::7]:40000->[fd00::2]:53: i/o timeout',
  ])('knows a question without an answer: %s', (error) => {
    expect(unansweredIn(said(`[ERROR] plugin/errors: 2 example.com. A: ${error}`))).toBe(1);
  });

  it.each([
    ['read udp 10.244.1.7:40000->10.150.0.1:8600: i/o timeout', '10.150.0.1', 'UDP 8600'],
    ['read udp [fd00::7]:40000->[fd00::2]:53: i/o timeout', 'fd00::2', 'UDP 53'],
    ['dial tcp 9.9.9.9:853: i/o timeout', '9.9.9.9', 'TCP 853'],
    ['read tcp 10.244.1.7:40000->9.9.9.9:853: read: connection reset by peer', '9.9.9.9', 'TCP 853'],
  ])('knows whom it asked, by which protocol and on which port: %s', (error, to, way) => {
    const { upstream, upstreamWays, strange } = said(...lines.lost(3, error));
    expect([[...upstream], [...upstreamWays], strange]).toEqual([[[to, 3]], [way], 0]);
  });

  it('adds up with the upstream that the pattern names', () => {
    const { upstream, upstreamWays } = said(
      "[ERROR] plugin/errors: 30 errors like '^read udp .*->10\\.0\\.0\\.3:5353: i/o timeout$' occurred in last 30s",
    );
    expect([[...upstream], [...upstreamWays]]).toEqual([[['10.0.0.3', 30]], ['UDP 5353']]);
  });

  it('says that a question failed, also in words that are not told apart', () => {
    expect(said(...lines.lost(2, 'plugin/file: no next plugin found'), ...lines.timeouts(1))).toMatchObject({
      strange: 2,
      strangeWords: 'plugin/file: no next plugin found',
    });
  });

  it('takes what was refused for over once a Corefile was taken, and not what is refused after it', () => {
    expect(said(...lines.reload, ...lines.taken)).toMatchObject({ reload: undefined, reloaded: true });
    expect(said(...lines.taken, ...lines.reload)).toMatchObject({ reloaded: false });
    expect(said(...lines.taken, ...lines.reload).reload).toContain("Unknown directive 'forwrd'");
  });

  it('counts what the API server refuses, and names the port it was asked on', () => {
    expect(said(...lines.forbidden, ...lines.forbidden).refusals).toBe(2);
    expect([...said(...lines.apiTimeout(2)).apiWays]).toEqual(['TCP 443']);
  });

  it.each([
    'read tcp 10.244.1.7:40000->10.96.0.1:443: read: connection reset by peer',
    'dial tcp: lookup api.example.com on 10.96.0.10:53: no such host',
    'http2: client connection lost',
    'unexpected EOF',
    'net/http: request canceled while waiting for connection',
  ])('knows a call to the API server without an answer: %s', (error) => {
    const found = said(...lines.listFails(1, error));
    expect([found.api, found.strangeCalls]).toEqual([1, 0]);
    expect(found.apiWords).toContain(error);
  });

  it.each([
    [
      '[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Service: the server could not find the requested resource',
    ],
    [
      'E0620 11:14:10.499497       1 reflector.go:138] /build/plugin/kubernetes/controller.go:405: Failed to watch *v1beta1.EndpointSlice: failed to list *v1beta1.EndpointSlice: the server could not find the requested resource',
    ],
    [
      '[INFO] plugin/kubernetes: pkg/mod/k8s.io/client-go@v0.31.2/tools/cache/reflector.go:561: failed to list *v1.Service: etcdserver: request timed out',
    ],
    [
      '[ERROR] plugin/kubernetes: Failed to watch: failed to list *v1.Namespace: Get "https://10.96.0.1:443/api/v1/namespaces": tls: failed to parse certificate from server: x509: SAN dNSName is malformed',
    ],
    ['[WARNING] plugin/kubernetes: starting server with unsynced Kubernetes API'],
  ])('takes what it does not understand of the API server for that, and not for nothing: %s', (line) => {
    const { api, refusals, silent, strangeCalls, strangeCallWords } = said(line);
    expect([api, refusals, silent, strangeCalls]).toEqual([0, 0, 0, 1]);
    expect(strangeCallWords).not.toMatch(/plugin|reflector|Get "/);
  });

  it.each([
    '[WARNING] plugin/kubernetes: watch of *v1.Service ended with: too old resource version: 4711 (4713)',
    '[INFO] plugin/kubernetes: waiting for Kubernetes API before starting server',
    '[WARNING] plugin/kubernetes: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  ])('finds nothing wrong in what the API server is asked: %s', (line) => {
    const { api, silent, strangeCalls } = said(line);
    expect([api, silent, strangeCalls]).toEqual([0, 0, 0]);
  });

  it('takes a token that the API server wants for a refusal, however it says that', () => {
    const words = 'the server has asked for the client to provide credentials (get services)';
    expect(said(...lines.listFails(2, words)).refusals).toBe(2);
  });

  it.each([
    ['[ERROR] plugin/errors: 2 example.com. A: plugin/forward: no next plugin found'],
    ["[ERROR] plugin/errors: 7 errors like '^.* no next plugin found$' occurred in last 30s"],
    ['[WARNING] No files matching import glob pattern: /etc/coredns/custom/*.override'],
    ['[INFO] 10.244.1.9:4000 - 1 "A IN example.com. udp 40 false 512" NOERROR qr,rd,ra 56 0.03s'],
  ])('takes nothing else for one: %s', (line) => {
    const { upstream, api, refused, config, loop } = said(line);
    expect([upstream.size, api, refused, config, loop]).toEqual([0, 0, undefined, undefined, undefined]);
  });

  it('says what ends the process', () => {
    expect(said(...lines.loop)).toMatchObject({
      loop: 'Loop (127.0.0.1:55953 -> :1053) detected for zone "."',
      config: undefined,
    });
    expect(said(...lines.parse)).toMatchObject({
      config: "/etc/coredns/Corefile:14 - Error during parsing: Unknown directive 'forwrd'",
      loop: undefined,
    });
    expect(said(...lines.reload).reload).toContain("Unknown directive 'forwrd'");
  });

  it('says what the API server refuses, or that it does not say', () => {
    expect(said(...lines.forbidden).refused).toMatch(/^endpointslices\.discovery\.k8s\.io is forbidden: User "system:/);
    expect(said(...lines.cannotWatch)).toMatchObject({ silent: 2, refused: undefined, api: 0 });
    // CoreDNS 1.11.4 to 1.12.3: the error says nothing, a line of INFO beside it does.
    const both = said(
      '[INFO] plugin/kubernetes: pkg/mod/k8s.io/client-go@v0.31.2/tools/cache/reflector.go:561: failed to list *v1.Service: Get "https://10.96.0.1:443/api/v1/services": dial tcp 10.96.0.1:443: connect: connection refused',
      '[ERROR] plugin/kubernetes: Unhandled Error',
    );
    expect(both).toMatchObject({ api: 1, silent: 1 });
  });
});
