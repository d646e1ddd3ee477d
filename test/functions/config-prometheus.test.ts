import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../functions/config/load.ts';

/** Two clusters, and how the Prometheus of each is asked. */
function sharing(one: string, other: string): string {
  const cluster = (name: string, prometheus: string) =>
    `{ name: ${name}, kubernetes: { inCluster: true }, match: { c: ${name} }, prometheus: { ${prometheus} } }`;
  return `clusters: [${cluster('a', one)}, ${cluster('b', other)}]`;
}

describe('two clusters with one Prometheus', () => {
  it.each([
    ['address', "url: 'http://p:9090/x/'", "url: 'http://P:9090/x'"],
    ['tenant', "url: 'http://p', headers: { X-Scope-OrgID: a }", "url: 'http://p', headers: { x-scope-orgid: a }"],
  ])('are refused where both ask it at the same %s, with what to do', (_, one, other) => {
    expect(() => parseConfig(sharing(one, other), 'nightshift.yaml')).toThrow(
      /nightshift.yaml:1: clusters.1.prometheus.url: the same Prometheus as that of a, .* Give each an address of its own \(prom-label-proxy/,
    );
  });

  it.each([
    ['addresses', "url: 'http://p/a'", "url: 'http://p/b'"],
    ['tenants', "url: 'http://p', headers: { X-Scope-OrgID: a }", "url: 'http://p', headers: { X-Scope-OrgID: b }"],
    ['credentials', "url: 'http://p', bearerToken: { env: A }", "url: 'http://p', bearerToken: { env: B }"],
  ])('are taken where their figures are told apart by their %s', (_, one, other) => {
    expect(parseConfig(sharing(one, other), 'nightshift.yaml').clusters).toHaveLength(2);
  });
});
