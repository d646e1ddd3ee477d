import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, type ScalarTag } from 'yaml';
import * as z from 'zod';
import { type QueueName, queueNames } from '../../../engine/ports.ts';
import { logicalName } from '../../../infra/aws/package/grants.ts';
import { ConfigError } from '../../config/error.ts';
import { type FunctionName, functionNames } from '../needs.ts';

/** A value in the environment of a function: as it stands there, or of a resource by its logical name. */
export type Value = string | { readonly Ref: string };

export interface StackFunction {
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, Value>>;
  readonly routes: readonly { readonly method: 'GET' | 'POST'; readonly path: string }[];
  readonly schedules: readonly { readonly everyMs: number; readonly input: Readonly<Record<string, unknown>> }[];
  readonly source?: { readonly queue: QueueName; readonly batchSize: number; readonly atOnce: number };
}

/** What `serverless.yml` says, as far as it can be had without an account. */
export interface Stack {
  readonly memoryMb: number;
  readonly functions: Readonly<Record<FunctionName, StackFunction>>;
  /** How long a queue hides what it has handed over. */
  readonly hiddenSeconds: Readonly<Record<QueueName, number>>;
}

const functionSchema = z.object({
  timeout: z.number(),
  environment: z.record(z.string(), z.union([z.string(), z.object({ Ref: z.string() })])).default({}),
  events: z.array(
    z.union([
      z.object({ httpApi: z.templateLiteral([z.enum(['GET', 'POST']), ' /', z.string()]) }),
      z.object({ schedule: z.object({ rate: z.string(), input: z.record(z.string(), z.unknown()) }) }),
      z.object({
        sqs: z.object({
          arn: z.object({ GetAtt: z.string() }),
          batchSize: z.number(),
          functionResponseType: z.literal('ReportBatchItemFailures'),
          maximumConcurrency: z.number(),
        }),
      }),
    ]),
  ),
});
type Event = z.infer<typeof functionSchema>['events'][number];

const serverlessSchema = z.object({
  provider: z.object({ memorySize: z.number(), environment: z.record(z.string(), z.string()) }),
  functions: z.record(z.enum(functionNames), functionSchema),
});
const queuesSchema = z.object({
  Resources: z.record(z.string(), z.object({ Properties: z.object({ VisibilityTimeout: z.number().optional() }) })),
});
const variablesSchema = z.object({
  service: z.string(),
  params: z.record(z.string(), z.record(z.string(), z.unknown())),
});

/** Of the stage `local`; `params` take the place of those in the file. Throws `ConfigError` for what it cannot read. */
export function readStack(root: string, params: Readonly<Record<string, unknown>> = {}): Stack {
  const raw = yamlIn(root, 'serverless.yml');
  const { service, params: given } = checked('serverless.yml', variablesSchema, raw);
  const known = { ...given.default, ...params };
  const read = <T>(file: string, schema: z.ZodType<T>) =>
    checked(file, schema, withVariables(yamlIn(root, file), { service, params: known }));
  const { provider, functions } = read('serverless.yml', serverlessSchema);
  const { Resources } = read('infra/aws/stack/queues.yml', queuesSchema);
  const hidden = (queue: QueueName) => Resources[queueId(queue)]?.Properties.VisibilityTimeout ?? 30;
  return {
    memoryMb: provider.memorySize,
    functions: mapped(functionNames, (name) => {
      const { timeout, environment, events } = functions[name];
      return { timeoutSeconds: timeout, environment: { ...provider.environment, ...environment }, ...eventsOf(events) };
    }),
    hiddenSeconds: mapped(queueNames, hidden),
  };
}

/** The stages that have parameters of their own; `default` are those of the others. */
export function stagesIn(root: string): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return checked('serverless.yml', variablesSchema, yamlIn(root, 'serverless.yml')).params;
}

/** `investigate` → `InvestigateQueue` */
export function queueId(queue: QueueName): string {
  return `${logicalName(queue)}Queue`;
}

export function mapped<Name extends string, T>(names: readonly Name[], of: (name: Name) => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<Name, T>;
}

function eventsOf(events: readonly Event[]): Pick<StackFunction, 'routes' | 'schedules' | 'source'> {
  const [source] = events.flatMap((event) => ('sqs' in event ? [sourceOf(event.sqs)] : []));
  return {
    routes: events.flatMap((event) => ('httpApi' in event ? [routeOf(event.httpApi)] : [])),
    schedules: events.flatMap((event) =>
      'schedule' in event ? [{ everyMs: msOf(event.schedule.rate), input: event.schedule.input }] : [],
    ),
    ...(source ? { source } : {}),
  };
}

function sourceOf({ arn, batchSize, maximumConcurrency }: Extract<Event, { sqs: unknown }>['sqs']) {
  const queue = queueNames.find((name) => arn.GetAtt === `${queueId(name)}.Arn`);
  if (!queue) throw new ConfigError(`serverless.yml: ${arn.GetAtt} is no queue that is known here`);
  return { queue, batchSize, atOnce: maximumConcurrency };
}

function routeOf(route: string) {
  const [method, path = '/'] = route.split(' ');
  return { method: method === 'GET' ? 'GET' : 'POST', path } as const;
}

/** `rate(5 minutes)`: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rate-expressions.html */
function msOf(rate: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate) ?? [];
  const ms = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }[unit ?? ''];
  if (ms === undefined) throw new ConfigError(`serverless.yml: ${rate} is no rate that is known here`);
  return Number(count) * ms;
}

const tags: ScalarTag[] = ['Ref', 'GetAtt', 'Sub'].map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name]: text }),
}));

function yamlIn(root: string, file: string): unknown {
  return parse(readFileSync(join(root, file), 'utf8'), { customTags: tags, merge: true });
}

interface Variables {
  readonly service: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** `${param:…}`, `${self:service}` and `${sls:stage}`. Others stand only where nobody here looks. */
function withVariables(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return textWithVariables(value, variables);
  if (Array.isArray(value)) return value.map((item) => withVariables(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withVariables(item, variables)]));
}

function textWithVariables(text: string, { service, params }: Variables): unknown {
  const [, whole] = /^\$\{param:(\w+)\}$/.exec(text) ?? [];
  if (whole !== undefined) return params[whole];
  return text.replaceAll(/\$\{self:service\}/g, service).replaceAll(/\$\{sls:stage\}/g, 'local');
}

function checked<T>(file: string, schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ConfigError(`${file}: ${issue?.path.join('.')}: ${issue?.message}: functions/lambda/local cannot read it`);
}
