import * as z from 'zod';
import { wrap } from '../../infra/local/terminal.ts';
import { ConfigError } from './error.ts';
import { blockedPorts } from './ports.ts';

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
type LogLevel = (typeof logLevels)[number];

interface Variable<T> {
  /** Under its name in small letters, too. */
  readonly anyCase?: true;
  readonly schema: z.ZodType<T, string | undefined>;
  /** What it accepts, after "it takes". */
  readonly takes: string;
  readonly means: string;
}

const text = z.string();

/** Every environment variable Nightshift reads by a name of its own; `serve --help` and the README list them. */
const variables = {
  PORT: variable<number>(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65_535 && !blockedPorts.has(port))
      .default(3000),
    'a port number from 0 to 65535 (0: a free one), and none of those that browsers refuse, such as 22, 6000 or 10080',
    'the port it listens on (default 3000; 0: a free one)',
  ),
  HOST: variable<string>(
    text.default('127.0.0.1'),
    'an address such as 127.0.0.1 or 0.0.0.0',
    'the address it listens on (default 127.0.0.1)',
  ),
  NIGHTSHIFT_DATA: variable<string>(
    text.default('./.nightshift'),
    'the path of a directory',
    'its data directory (default ./.nightshift)',
  ),
  NIGHTSHIFT_CONFIG: variable<string | undefined>(
    text.optional(),
    'the path of a configuration file',
    'the configuration file (default ./nightshift.yaml if it exists)',
  ),
  NIGHTSHIFT_LOG: variable<LogLevel>(
    z.enum(logLevels).default('warn'),
    `one of ${logLevels.join(', ')}`,
    `how much it logs to stderr: ${logLevels.join(', ')} (default warn)`,
  ),
  KUBERNETES_SERVICE_HOST: variable<string | undefined>(
    z.string().optional(),
    'what Kubernetes sets in a pod',
    'the API server, for inCluster: true',
  ),
  KUBERNETES_SERVICE_PORT: variable<string | undefined>(
    z.string().optional(),
    'what Kubernetes sets in a pod',
    'its port',
  ),
  HTTPS_PROXY: proxy('the proxy to API servers and to Prometheus at https addresses, as kubectl takes it'),
  HTTP_PROXY: proxy('the same for http addresses'),
  NO_PROXY: proxy('hosts, domains and networks (10.0.0.0/8) without a proxy'),
};

function proxy(means: string): Variable<string | undefined> {
  return { ...variable<string | undefined>(z.string().optional(), 'what kubectl takes', means), anyCase: true };
}

function variable<T>(schema: Variable<T>['schema'], takes: string, means: string): Variable<T> {
  return { schema, takes, means };
}

export type Environment = {
  readonly [Name in keyof typeof variables]: (typeof variables)[Name] extends Variable<infer T> ? T : never;
};

/** Throws `ConfigError` with what was given and what is accepted. */
export function parseEnvironment(given: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = Object.entries(variables).map(([name, { schema, takes, anyCase }]) => {
    // Set to nothing is not set: that is what shells make of `PORT= nightshift serve`.
    const value = schema.safeParse(given[name] || (anyCase && given[name.toLowerCase()]) || undefined);
    if (value.success) return [name, value.data];
    throw new ConfigError(`the environment variable ${name} is "${given[name]}": it takes ${takes}`);
  });
  return Object.fromEntries(parsed);
}

export const environmentHelp = [
  'Environment:',
  ...Object.entries(variables).flatMap(([name, { means }]) =>
    wrap(means, { columns: 80, indent: 27 }).map((line, at) =>
      at === 0 ? `  ${name.padEnd(25)}${line.trim()}` : line,
    ),
  ),
  '  and the variables that secrets in the configuration name: { env: NAME }',
].join('\n');
