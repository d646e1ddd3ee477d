import { describe, expect, it } from 'vitest';
import { bareCorefile, corefile } from '../../../runbooks/cluster-dns/corefile.ts';

const secrets = ['NoTCJU', 'wJalrXUtnFEMI', 'Sup3rGeheim', '8xQ7a', 'MIIEvQIBADAN', 'hunter2'];
const text = `(common) {
    errors
}
.:53 example.org:53 {
    import common
    tsig {
      secret key.example.org. NoTCJU+DMqFWywaPyxSijrDEA/eC3nK0xi3AMEZuPVk=
    }
    route53 example.org.:Z1Z2 {
      aws_access_key AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    }
    etcd skydns.local {
      endpoint https://10.0.0.1:2379 # hunter2
      credentials root Sup3rGeheim
    }
    azure rg:zone {
      secret 8xQ7aVerySecretClientValue }
    pem "-----BEGIN
MIIEvQIBADANBgkqhkiG9w0"
    forward . 10.0.0.2 10.0.0.3 {
      policy sequential
    }
    reload
}
`;
const seenIn = (Corefile: string) => corefile.schema.parse({ metadata: {}, data: { Corefile } });

it('is recorded as far as a cause reads it, and without the keys of its plug-ins', () => {
  const bare = bareCorefile(text);
  for (const secret of secrets) expect(bare).not.toContain(secret);

  expect(seenIn(bare)?.upstreams).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(seenIn(bare)?.imports).toBe(true);
  const names = 'errors import tsig route53 etcd azure pem forward reload'.split(' ');
  expect(names.filter((name) => !seenIn(bare)?.plugins.has(name))).toEqual([]);
});

it('is seen in a record as it was seen in the run', () => {
  const withoutPem = text.replace(/ {4}pem "[^"]*"\n/, '');
  expect(seenIn(bareCorefile(withoutPem))).toEqual(seenIn(withoutPem));
});

describe('whom every foreign name is passed on to, as it was asked', () => {
  const foreign = (...blocks: string[]) => seenIn(blocks.join('\n'))?.foreign;
  const block = (zones: string, ...lines: string[]) =>
    `${zones} {\n${lines.map((line) => `    ${line}`).join('\n')}\n}`;
  const here = 'forward . 10.96.0.10';

  it('is told by the one block for all names', () => {
    expect(foreign(block('.:53', 'errors', here))).toEqual(['10.96.0.10']);
    expect(foreign(block('dns://.:1053 example.org', here))).toEqual(['10.96.0.10']);
    expect(foreign(block('.:53', 'forward . 10.0.0.2'), block('old.example:53', here))).toEqual(['10.0.0.2']);
  });

  it.each([
    ['that rewrites them', [block('.:53', 'rewrite name suffix .old.example .svc.cluster.local', here)]],
    ['that makes answers', [block('.:53', 'template IN A old.example', here)]],
    ['that takes some', [block('.:53', 'view inside', here)]],
    ['of which some lines were not read', [block('.:53', 'import custom/*.override', here)]],
    ['that passes on one zone', [block('.:53', 'forward old.example 10.96.0.10')]],
    ['of two', [block('.:53', 'forward . 10.0.0.2'), block('.:5353', here)]],
    ['for one zone', [block('old.example:53', here)]],
  ])('is not told by a block %s', (_, blocks) => {
    expect(foreign(...blocks)).toEqual([]);
  });
});
