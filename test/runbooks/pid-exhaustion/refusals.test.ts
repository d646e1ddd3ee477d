import { describe, expect, it } from 'vitest';
import { refusalIn } from '../../../runbooks/evidence/refusals.ts';

const now = new Date('2026-11-21T03:00:00Z');
const kindOf = (line: string) => refusalIn(line, now)?.kind;

describe('"Resource temporarily unavailable"', () => {
  it('of a fork is one thing, of iptables another', () => {
    expect(kindOf('fork/exec /usr/sbin/iptables: resource temporarily unavailable')).toBe('fork');
    expect(kindOf('exit status 4: iptables: Resource temporarily unavailable.')).toBe('lock');
  });

  it.each([
    "sh: can't fork: Resource temporarily unavailable",
    'bash: fork: retry: Resource temporarily unavailable',
    'failed to create shim task: runc: resource temporarily unavailable: unknown',
    'runtime: failed to create new OS thread (have 9 already; errno=11)',
    'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached',
    'pthread_create failed (EAGAIN)',
    "RuntimeError: can't start new thread",
    'Error: spawn /bin/sh EAGAIN',
    'BlockingIOError: [Errno 11] Resource temporarily unavailable in os.fork',
  ])('is a refused fork: %s', (line) => {
    expect(kindOf(line)).toBe('fork');
  });

  it.each([
    'Another app is currently holding the xtables lock; still 4s 0us time ahead to have a chance to grab the lock...',
    "Fatal: can't lock /run/xtables.lock: Resource temporarily unavailable",
  ])('is the lock of iptables: %s', (line) => {
    expect(kindOf(line)).toBe('lock');
  });

  it.each([
    'read tcp 10.0.0.1:80: recvfrom: resource temporarily unavailable',
    'forked the repository',
    'Killed: out of memory',
    'dial tcp 10.96.0.1:443: i/o timeout',
  ])('and this is neither: %s', (line) => {
    expect(kindOf(line)).toBeUndefined();
  });

  it('is dated by its line: klog knows no year, others write it all, some nothing', () => {
    const words = 'fork/exec /usr/sbin/ipset: resource temporarily unavailable';
    expect(refusalIn(`E1121 02:56:11.204417 1 x.go:1] ${words}`, now)?.at).toBe('2026-11-21T02:56:11.000Z');
    expect(refusalIn(`{"ts":"2026-11-21T02:56:11.5+01:00","msg":"${words}"}`, now)?.at).toBe(
      '2026-11-21T01:56:11.500Z',
    );
    expect(refusalIn(words, now)).not.toHaveProperty('at');
  });

  it('is shown in the words that matter, not with the whole line', () => {
    const path = `${'/very/long/path'.repeat(30)} `;
    expect(refusalIn(`${path}running iptables: exit status 4: iptables: Resource temporarily unavailable.`)?.line).toBe(
      '…running iptables: exit status 4: iptables: Resource temporarily unavailable',
    );
  });
});
