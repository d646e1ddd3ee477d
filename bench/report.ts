import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import manifest from '../package.json' with { type: 'json' };
import { type Program, pathOf } from '../test/harness/programs.ts';
import type { Outcome, Row } from './measurement.ts';

/** The table: one block per measurement, notes below their line so that it fits a terminal. */
export function table(title: string, rows: readonly Row[]): string {
  const columns = (row: Row) => [row.ours, row.bar, row.ratio === undefined ? '' : row.ratio.toFixed(2), row.met];
  const widths = [46, 12, 12, 6];
  const line = (what: string, cells: readonly string[]) =>
    [what.padEnd(widths[0] ?? 0), ...cells.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join('  ');
  const body = rows.flatMap((row) => [
    line(row.what, columns(row)),
    ...wrapped(row.note, 96).map((part) => `    ${part}`),
  ]);
  return ['', title, line('', ['ours', 'bar', 'ratio', 'met']), ...body].map((text) => text.trimEnd()).join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const file = join(import.meta.dirname, 'latest.json');

type Latest = Readonly<Record<string, Outcome & Circumstances>>;

interface Circumstances {
  readonly takenAt: string;
  readonly machine: Readonly<Record<string, unknown>>;
  readonly versions: Readonly<Record<string, string>>;
}

/** Stands in `latest.json` from now on, by its id: machine, versions, every row and every single number behind it. */
export function writeLatest(id: string, outcome: Outcome, loadBefore: number): string {
  const [cpu] = cpus();
  const taken: Latest[string] = {
    takenAt: new Date().toISOString(),
    machine: {
      cpu: cpu?.model.trim(),
      cores: cpus().length,
      memoryGigabytes: Math.round(totalmem() / 1e9),
      kernel: release(),
      loadBefore,
      loadAfter: loadavg()[0],
    },
    versions: {
      nightshift: manifest.version,
      node: process.versions.node,
      etcd: versionOf('etcd', '--version'),
      prometheus: versionOf('prometheus', '--version'),
      'kube-apiserver': versionOf('kube-apiserver', '--version'),
    },
    ...outcome,
  };
  writeFileSync(file, `${JSON.stringify({ ...before(), [id]: taken }, rounded, 2)}\n`);
  return file;
}

/** What was measured at other times stays. */
function before(): Latest {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Latest) : {};
}

function versionOf(program: Program, argument: string): string {
  try {
    const text = execFileSync(pathOf(program), [argument], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return /\d+\.\d+\.\d+[\w.+-]*/.exec(text)?.[0] ?? 'unknown';
  } catch {
    return 'not installed';
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
