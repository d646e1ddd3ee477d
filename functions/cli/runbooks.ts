import type { AnyRunbook } from '../../engine/runbook.ts';
import { wrap } from '../../infra/local/terminal.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { ExitCode, print, printJson, terminal } from './outcome.ts';

/** `nightshift runbooks`: id, title, alerts, causes, remedies with risk. */
export async function runbooks(options: { readonly json?: boolean }): Promise<ExitCode> {
  if (options.json) printJson(catalog.map(describe));
  else print(catalog.map(page).join('\n'));
  return ExitCode.ok;
}

function describe(runbook: AnyRunbook) {
  const { id, title, alerts, causes, remedies, manual } = runbook;
  return {
    id,
    title,
    alerts: alerts.map(({ name, labels }) => (labels ? { name, labels } : { name })),
    causes: Object.entries(causes).map(([cause, { title: text }]) => ({ id: cause, title: text })),
    remedies: [
      ...Object.entries(remedies).map(([remedy, { title: text, risk }]) => ({
        id: remedy,
        title: text,
        risk,
        byHand: false,
      })),
      ...Object.entries(manual).map(([remedy, { title: text, risk }]) => ({
        id: remedy,
        title: text,
        risk,
        byHand: true,
      })),
    ],
  };
}

function page(runbook: AnyRunbook): string {
  const { columns } = terminal();
  const { id, title, alerts, causes, remedies } = describe(runbook);
  return [
    `${id}  ${title}`,
    ...wrap(`alerts: ${[...new Set(alerts.map(({ name }) => name))].join(', ')}`, columns, 2, 10),
    ...causes.map((cause) => `  cause: ${cause.title}`),
    ...remedies.map((remedy) => `  fix: ${remedy.title} (risk: ${remedy.risk}${remedy.byHand ? ', by hand' : ''})`),
    '',
  ].join('\n');
}
