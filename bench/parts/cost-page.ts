import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dollarsOf, LIST_OF, type Priced, prices, REGION, sumOf, type Used } from './prices.ts';
import { root } from './server.ts';

const BEGIN = '<!-- written by npm run bench -- lambda-incident -->';
const END = '<!-- until here -->';
const file = join(root, 'infra/aws/COST.md');

export interface Costs {
  /** Of one incident. */
  readonly incident: readonly Used[];
  /** Of one month in which nothing happens. */
  readonly idle: readonly Used[];
  /** How many of other incidents are in the table, and what it costs a month that a tick goes through them once a day. */
  readonly plans: { readonly count: number; readonly dollars: number };
  /** That were counted by one incident. */
  readonly metrics: number;
  readonly times: number;
  readonly path: string;
}

/** Writes what was counted into `infra/aws/COST.md`, and leaves what people wrote around it. */
export async function writeCosts(costs: Costs): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [before, rest] = split(text, BEGIN);
  const [, after] = split(rest, END);
  await writeFile(file, `${before}${BEGIN}\n\n${generated(costs)}\n${END}${after}`);
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`${file} has lost its line ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function generated({ incident, idle, plans, metrics, times, path }: Costs): string {
  const many = incident.map((used) => ({ ...used, amount: used.amount * times }));
  const count = times.toLocaleString('en-US');
  return `Counted on ${new Date().toISOString().slice(0, 10)}. Prices of ${REGION}, in US dollars without tax, as of ${LIST_OF}: AWS's pages
cannot be read from where this is measured, so **check them before relying on it**.

## One incident

${path}.
In the table beside it are ${plans.count.toLocaleString('en-US')} plans of others, as many as ${count} incidents a month leave there on average.

${table(incident, count, many)}

**${count} incidents: ${money(sumOf(many))}**, without anything that AWS gives for free.

## A month in which nothing happens

${table(idle, 'one month', idle)}

**A month: ${money(sumOf(idle))}**, measured with ${count} incidents in the table that are over: an hour after it closed one is
moved to where the tick does not come by. What it does read each time is what stands open or closed within the last hour, and
which plans are under way. Once a day it goes through all plans of the last 30 days: ${plans.count.toLocaleString('en-US')} of them make it ${money(plans.dollars)} a month more.

Beside it each metric costs a share of a month for every hour in which something was counted: ${metrics} of them at most
${money(metrics * prices.metrics.dollars)}, when there is an incident in every hour.

## Prices

| | price | source |
|---|---|---|
${used([...incident, ...idle, { priced: 'metrics' }])
  .map(priceLine)
  .join('\n')}
`;
}

function table(each: readonly Used[], heading: string, all: readonly Used[]): string {
  const lines = each.map(({ priced, amount, how }, index) => {
    const sum = all[index];
    return `| ${prices[priced].of} | ${number(amount)} ${unitOf(priced)} | ${how} | ${money(sum ? dollarsOf(sum) : 0)} |`;
  });
  return [`| | amount | what | ${heading} |`, '|---|---:|---|---:|', ...lines].join('\n');
}

function priceLine(priced: Priced): string {
  const { of, dollars, per, unit, source, note } = prices[priced];
  const amount = per === 1 ? unit : `${per.toLocaleString('en-US')} ${unit}`;
  return `| ${of} | $${dollars} for ${per === 1 ? `one ${amount}` : amount}${note ? `; ${note}` : ''} | <${source}> |`;
}

function used(all: readonly Pick<Used, 'priced'>[]): readonly Priced[] {
  return [...new Set(all.map(({ priced }) => priced))];
}

function unitOf(priced: Priced): string {
  return prices[priced].unit.replace(/ and month$/, 's');
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export function money(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}
