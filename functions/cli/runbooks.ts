import type { AnyRunbook } from '../../engine/runbook.ts';
import { painter, wrap } from '../../infra/local/terminal.ts';
import { settingsOf } from '../compose.ts';
import { ExitCode, type GlobalOptions, print, printJson, terminal } from './outcome.ts';

/** `nightshift runbooks`: id, title, alerts, causes, remedies with risk, those that a policy may name with their id. */
export async function runbooks(options: GlobalOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const { runbooks: enabled, config } = await settingsOf(options);
  const { disabled } = config.runbooks;
  if (options.json) printJson(enabled.map(describe));
  else print([...enabled.map(page), ...(disabled.length > 0 ? [offPage(disabled)] : [])].join('\n'));
  return ExitCode.ok;
}

function describe({ id, title, alerts, causes, remedies, manual }: AnyRunbook) {
  return {
    id,
    title,
    alerts: alerts.map(({ name, labels }) => (labels ? { name, labels } : { name })),
    causes: Object.entries(causes).map(([cause, { title: text }]) => ({ id: cause, title: text })),
    remedies: [...fixesOf(remedies, false), ...fixesOf(manual, true)],
  };
}

function fixesOf(fixes: AnyRunbook['remedies'] | AnyRunbook['manual'], byHand: boolean) {
  return Object.entries(fixes).map(([id, { title, risk }]) => ({ id, title, risk, byHand }));
}

function offPage(disabled: readonly string[]): string {
  return wrap(`Switched off in the configuration (runbooks.disabled): ${disabled.join(', ')}`, terminal()).join('\n');
}

const INDENT = 11;

function page(runbook: AnyRunbook): string {
  const { columns, colour } = terminal();
  const paint = painter(colour);
  const { id, title, alerts, causes, remedies } = describe(runbook);
  /** The label stands beside the first line. */
  const part = (label: string, items: readonly string[]) =>
    items
      .flatMap((item) => wrap(item, { columns, indent: INDENT, hanging: INDENT + 2 }))
      .map((line, index) => (index === 0 ? `  ${paint('dim', label.padEnd(INDENT - 2))}${line.trimStart()}` : line));
  const [heading = '', ...more] = wrap(`${id}: ${title}`, { columns, hanging: 2 });
  return [
    heading.startsWith(id) ? `${paint('bold', id)}${heading.slice(id.length)}` : heading,
    ...more,
    ...part('alerts', [[...new Set(alerts.map(({ name }) => name))].join(', ')]),
    ...part(
      'causes',
      causes.map((cause) => cause.title),
    ),
    ...part(
      'fixes',
      remedies.map((fix) => `${fix.title} (${fix.byHand ? 'by hand' : fix.id}, risk: ${fix.risk})`),
    ),
    '',
  ].join('\n');
}
