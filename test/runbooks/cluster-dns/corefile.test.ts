import { expect, it } from 'vitest';
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
