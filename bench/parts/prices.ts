/** One price, in US dollars without tax. */
export interface Price {
  readonly of: string;
  readonly dollars: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  readonly note?: string;
}

/** What Ireland (eu-west-1) cost, as far as it was known then. Nobody here can read AWS's lists: check before relying on it. */
export const LIST_OF = 'January 2025';
export const REGION = 'eu-west-1';
const million = 1_000_000;

export const prices = {
  lambdaTime: price('Lambda, arm64, time', 0.0000133334, 1, 'GB-second', 'lambda'),
  lambdaRequests: price('Lambda, requests', 0.2, million, 'requests', 'lambda'),
  tableWrites: price('DynamoDB, on demand, writes', 0.7068, million, 'units', 'dynamodb/pricing/on-demand', {
    note: 'half of the $1.4135 from before November 2024',
  }),
  tableReads: price('DynamoDB, on demand, reads', 0.1415, million, 'units', 'dynamodb/pricing/on-demand', {
    note: 'half of the $0.283 from before November 2024',
  }),
  queueRequests: price('SQS FIFO, requests', 0.5, million, 'requests', 'sqs', {
    note: 'the first million a month is free',
  }),
  httpRequests: price('API Gateway, HTTP API', 1.11, million, 'requests', 'api-gateway'),
  logs: price('CloudWatch, logs taken in', 0.57, 1e9, 'bytes', 'cloudwatch'),
  metrics: price('CloudWatch, metrics', 0.3, 1, 'metric and month', 'cloudwatch'),
  alarms: price('CloudWatch, alarms', 0.1, 1, 'alarm and month', 'cloudwatch', { note: 'ten are free' }),
  secrets: price('Secrets Manager', 0.4, 1, 'secret and month', 'secrets-manager'),
  secretRequests: price('Secrets Manager, requests', 0.05, 10_000, 'requests', 'secrets-manager'),
  keyRequests: price('KMS, requests', 0.03, 10_000, 'requests', 'kms', {
    note: 'DynamoDB asks for the key of a table about every five minutes',
  }),
  backup: price('DynamoDB, point-in-time recovery', 0.2264, 1, 'GB and month', 'dynamodb/pricing/on-demand'),
  storage: price('DynamoDB, storage', 0.283, 1, 'GB and month', 'dynamodb/pricing/on-demand', {
    note: 'the first 25 GB are free',
  }),
} as const;
export type Priced = keyof typeof prices;

function price(
  of: string,
  dollars: number,
  per: number,
  unit: string,
  page: string,
  more: { readonly note?: string } = {},
): Price {
  const source = page.includes('/') ? `https://aws.amazon.com/${page}/` : `https://aws.amazon.com/${page}/pricing/`;
  return { of, dollars, per, unit, source, ...more };
}

/** So much of something. */
export interface Used {
  readonly priced: Priced;
  readonly amount: number;
  readonly how: string;
}

export function dollarsOf({ priced, amount }: Used): number {
  const { dollars, per } = prices[priced];
  return (dollars * amount) / per;
}

export function sumOf(used: readonly Used[]): number {
  return used.reduce((sum, one) => sum + dollarsOf(one), 0);
}
