import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { address, Certificates, Secret } from './secret.ts';

const BasicAuth = z.strictObject({
  // A colon would end it: RFC 7617, section 2.
  username: z.string().regex(/^[^:\p{Cc}]+$/u, 'a user name without a colon'),
  password: Secret,
});

/** Headers that say who asks; what stands in this file is no secret. */
const CREDENTIALS = /^(authorization|proxy-authorization|cookie|x-api-key|apikey)$/i;

const Headers = z.record(
  z
    .string()
    .regex(/^[!#$%&'*+.^`|~\w-]+$/, 'the name of an HTTP header, such as X-Scope-OrgID')
    .refine((name) => !CREDENTIALS.test(name), {
      error: 'would hold a secret, and none stands in this file: use bearerToken or basicAuth',
    }),
  z.string().regex(/^[\t\x20-\x7e]*$/, 'the value of an HTTP header: ASCII, in one line'),
);

/** A Prometheus, or what answers as one: Thanos, Mimir, VictoriaMetrics, with what stands in front of it. */
export const Prometheus = z
  .strictObject({
    url: address(
      'must be a web address such as http://prometheus.example:9090',
      'name a password by basicAuth: { username: NAME, password: … }, or a token by bearerToken: { env: NAME }, { file: PATH }, or in AWS Lambda { secretsManager: ARN }',
    ),
    bearerToken: Secret.optional(),
    basicAuth: BasicAuth.optional(),
    headers: Headers.optional().meta({ description: 'Sent with every query, such as X-Scope-OrgID: team-a of Mimir' }),
    certificateAuthority: Certificates.optional().meta({
      description: 'Of the PEM file (base64 -w0 ca.crt). Absent: a public authority has signed its certificate',
    }),
  })
  .refine(({ bearerToken, basicAuth }) => !(bearerToken && basicAuth), {
    error: 'has both a bearerToken and basicAuth, and only one of them fits into a request',
    path: ['basicAuth'],
  });
export type PrometheusConfig = z.infer<typeof Prometheus>;

/** Whether both get the same answers: one address, and nothing in the request that tells whose figures are wanted. */
export function isSamePrometheus(one: PrometheusConfig | undefined, other: PrometheusConfig): boolean {
  return one !== undefined && isDeepStrictEqual(askedBy(one), askedBy(other));
}

function askedBy({ url, headers = {}, basicAuth, bearerToken }: PrometheusConfig) {
  const { origin, pathname, search } = new URL(url);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  // A proxy may know by the credentials whose figures are wanted.
  return { at: `${origin}${pathname.replace(/\/+$/, '')}${search}`, headers: new Map(lower), basicAuth, bearerToken };
}
