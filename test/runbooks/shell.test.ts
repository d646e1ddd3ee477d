import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { onMachine, word } from '../../runbooks/evidence/shell.ts';

const hostile = "a'; echo reboot; '";

it('a name stays one word of a command, whatever it holds', () => {
  expect(word('ip-10-0-0-3.ec2.internal')).toBe('ip-10-0-0-3.ec2.internal');
  expect(word("a'; reboot; '")).toBe(`'a'\\''; reboot; '\\'''`);
  expect(word('-rf')).toBe(`'-rf'`);
});

it('also where it stands in a command for another machine, which reads it a second time', () => {
  const ssh = 'ssh() { echo "at $1"; sh -c "$2"; }; ';
  const { stdout } = spawnSync('sh', ['-c', ssh + onMachine({ name: hostile }, `echo asks @${word(hostile)}`)], {
    encoding: 'utf8',
  });
  expect(stdout).toBe(`at ${hostile}\nasks @${hostile}\n`);
});
