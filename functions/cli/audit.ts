import { entries, audit as verify } from '../../engine/acting/audit.ts';
import type { Entry } from '../../engine/acting/ledger.ts';
import { counted } from '../../engine/words.ts';
import { harmlessJson, painter, wrap } from '../../infra/local/terminal.ts';
import { ExitCode, print, terminal } from './outcome.ts';
import { openRecords, type RecordsOptions } from './records.ts';

interface AuditOptions extends RecordsOptions {
  readonly json?: boolean;
  readonly verify?: boolean;
}

/** `nightshift audit`: the ledger, and proof that it is whole. */
export async function audit(options: AuditOptions): Promise<ExitCode> {
  const { store, close } = await openRecords(options);
  try {
    if (options.verify) {
      const { entries: count, findings } = await verify(store);
      if (options.json) print(harmlessJson({ entries: count, findings }));
      else if (findings.length === 0) print(`The ledger is whole: ${counted(count, 'entry', 'entries')}.`);
      else print(['The ledger is not as it was written:', ...findings.map((finding) => `  ${finding}`)].join('\n'));
      return findings.length === 0 ? ExitCode.ok : ExitCode.finding;
    }
    for await (const entry of entries(store)) print(options.json ? harmlessJson(entry) : page(entry));
    return ExitCode.ok;
  } finally {
    close();
  }
}

function page({ seq, at, kind, by, incident, plan, cluster, details }: Entry): string {
  const { columns, colour } = terminal();
  const paint = painter(colour);
  const where = [cluster && `cluster ${cluster}`, incident && `incident ${incident}`, plan && `plan ${plan}`];
  const about = where.filter(Boolean).join(', ');
  return [
    `${paint('dim', `${seq}  ${at.slice(0, 19).replace('T', ' ')}`)}  ${paint('bold', kind)}${by ? ` by ${by}` : ''}`,
    ...(about ? wrap(about, { columns, indent: 4 }) : []),
    ...(details && Object.keys(details).length > 0 ? wrap(JSON.stringify(details), { columns, indent: 4 }) : []),
  ].join('\n');
}
