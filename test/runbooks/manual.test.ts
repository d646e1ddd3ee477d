import { describe, expect, it } from 'vitest';
import type { ManualStep } from '../../engine/runbook.ts';
import { catalog } from '../../runbooks/catalog.ts';
import { commandsIn } from './commands.ts';

const target = { kind: 'Node', name: 'worker-3' } as const;
const all = catalog.flatMap(({ id, manual }) =>
  Object.entries(manual).map(([fix, { steps }]) => ({ id, fix, steps: steps({}, target) })),
);

describe.each(all)('what $id has a person do by hand: $fix', ({ steps }) => {
  it('has a command that verifies whatever it changes', () => {
    for (const step of steps) {
      if (step.kind !== 'change') continue;
      expect(step.verify.command, step.title).toMatch(/^\S+ /);
      expect(step.verify.shows, step.title).not.toBe('');
    }
  });

  it('calls nothing a look that changes something', () => {
    for (const step of steps.filter(({ kind }) => kind === 'look')) {
      for (const command of commandsIn(step)) expect(command, step.title).not.toMatch(CHANGING);
    }
  });
});

it.each(all)(
  'asks for logs by a selector with --tail: kubectl gives ten lines of each pod else ($id: $fix)',
  ({ steps }) => {
    const bySelector = steps
      .flatMap(commandsIn)
      .flatMap((command) => command.match(/kubectl [^;|']*\blogs [^;|']*/g) ?? []);
    for (const command of bySelector.filter((one) => / -l |--selector/.test(one.replace(/\$\(.*/, ''))))
      expect(command).toContain('--tail=');
  },
);

it.each(all)('reads the key of the administrators as root, as its file wants it ($id: $fix)', ({ steps }) => {
  for (const command of steps.flatMap(commandsIn))
    expect(command).not.toMatch(/(?<!sudo )kubectl --kubeconfig \/etc\/kubernetes\/admin\.conf/);
});

it.each(all)('ends no static pod by deleting its copy ($id: $fix)', ({ steps }) => {
  for (const command of steps.flatMap(commandsIn))
    expect(command).not.toMatch(/delete pods? [^;&|]*(kube-(apiserver|controller-manager|scheduler)|etcd)-/);
});

/** What a command does that is no look, in the words of the tools the runbooks use. */
const CHANGING =
  /\b(systemctl (re)?start|kubectl (\S+ )*(delete|taint|drain|cordon|uncordon|edit|apply|patch|certificate approve|set|scale|rollout (pause|resume|undo|restart))|defrag|compact|snapshot save|alarm disarm|move-leader|renice|pkill|kill|cp|rm|mv|tee|makestep)\b/;

it('the pattern knows what it looks for', () => {
  const commands = all.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'change').flatMap(commandsOf));
  const known = commands.filter((command) => CHANGING.test(command));
  expect(commands.length).toBeGreaterThan(15);
  expect(known.length / commands.length).toBeGreaterThan(0.8);
});

function commandsOf(step: ManualStep): string[] {
  return step.kind === 'change' && step.command !== undefined ? [step.command] : [];
}
