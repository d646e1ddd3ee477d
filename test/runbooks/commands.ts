import type { ManualStep } from '../../engine/runbook.ts';

/** Everything of a step that a person types, line by line: what it does, and what verifies it. */
export function commandsIn(step: ManualStep): string[] {
  const command = step.kind === 'advice' ? '' : (step.command ?? '');
  return [...command.split('\n'), ...(step.kind === 'change' ? [step.verify.command] : [])].filter(Boolean);
}
