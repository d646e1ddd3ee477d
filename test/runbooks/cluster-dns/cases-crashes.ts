import type { Told } from './case.ts';
import { deafLiveness, lines } from './objects.ts';
import { crashing, deaf, ending, one } from './told.ts';

const left = (exitCode: number, secondsAgo = 90) => ({ reason: 'Error', exitCode, secondsAgo });
const gone = { ...crashing, ended: left(2) };
const heardOfNobody = deaf.filter((cause) => cause !== 'panics');

/** Ends of its own: by Go itself, or for a reason that is none of those it is known to end for. */
export const crashCases: Readonly<Record<string, Told>> = {
  'panic-ends-it': {
    about:
      'A plug-in panics outside of any question, which nobody catches or counts; its probe then finds nobody listening.',
    world: { ...one(gone, lines.crash, null), events: { 'coredns-a': [deafLiveness(85)] } },
    expect: { confirmed: ['panics'], inconclusive: ['nodeNetwork'], recovered: 'ruled-out' },
  },
  'panic-ends-all': {
    about: 'Two of its goroutines write one map, which Go ends the process for; of both pods.',
    world: ending(['fatal error: concurrent map writes', 'goroutine 4711 [running]:'], { ended: left(2) }),
    expect: { confirmed: ['panics'], inconclusive: heardOfNobody },
  },
  'panic-20-minutes-ago': {
    about: 'It was started again once, and is well since.',
    world: one({ ended: left(2, 1_200), started: 1_195, changed: 1_190, restarts: 1 }, lines.crash),
    expect: { inconclusive: ['panics'], recovered: 'confirmed' },
  },
  'panic-and-last-words-lost': {
    about: 'It leaves with 2, and nobody kept what it wrote.',
    world: one(gone, null, null),
    expect: { inconclusive: ['nodeNetwork', 'loop', 'configRefused', 'panics'] },
  },
  'panic-of-more-lines-than-are-read': {
    about: 'Go lists all that ran: what it ended for stands further up.',
    world: one(gone, ['goroutine 812 [select]:', 'k8s.io/client-go/tools/cache.(*Reflector).watch(0xc0001)'], null),
    expect: { inconclusive: ['nodeNetwork', 'configRefused', 'panics'] },
  },
  'ends-for-a-reason-that-is-not-known': {
    about: 'It leaves with 1, in words that nobody here knows: perhaps for its configuration.',
    world: one(crashing, ['.:53', 'maxprocs: no such quota'], null),
    expect: { inconclusive: ['nodeNetwork', 'configRefused'] },
  },
  'go-gets-no-more-memory': {
    about: 'Go gets none of its machine, and ends the process before the kernel does: no defect, and no OOMKilled.',
    world: one(gone, ['fatal error: runtime: out of memory', 'runtime stack:'], null),
    expect: { inconclusive: ['nodeNetwork', 'configRefused', 'panics'] },
  },
  'ended-and-nothing-written': {
    about: 'The log of the last run is there, and empty.',
    world: one(crashing, [], null),
    expect: { inconclusive: ['nodeNetwork', 'loop', 'configRefused'] },
  },
};
