import type { Told } from './case.ts';
import { stale } from './cases-lead.ts';
import { failed, open, probe500 } from './cases-start.ts';
import { klog, own, type PodSpec, world } from './world.ts';

const began = (seconds: number) => klog('I', seconds, 'serving.go:386] Generated self-signed cert in-memory');
const panic = 'panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:';
/** It runs and is Ready, and has ended fourteen times. */
const between = (said: string, change: Partial<PodSpec> = {}): Partial<PodSpec> => ({
  ...{ restarts: 14, last: { reason: 'Error', exitCode: 1, seconds: 400, lasted: 120 } },
  ...{ runsFor: 95, now: began(95), before: `${began(520)}\n${said}`, ...change },
});
const refused = failed('dial tcp 10.0.0.9:6443: connect: connection refused');

/** A crash loop that is caught while its container runs and passes its probes. */
export const betweenEnds: Readonly<Record<string, Told>> = {
  'runs-between-two-panics': {
    about: 'One of three schedulers panics again and again; at this moment it runs and is Ready',
    world: world('kube-scheduler', (made) => own(made, between(panic), ['cp-1'])),
    confirmed: ['crashLoop'],
    recovered: 'inconclusive',
  },
  'all-run-between-two-panics': {
    about: 'All schedulers panic again and again; at this moment they run, and none has its lease yet',
    world: world('kube-scheduler', (made) => {
      stale(made, 100);
      own(made, between(panic));
    }),
    confirmed: ['crashLoop'],
    open: open('leaseStale'),
    recovered: 'ruled-out',
  },
  'runs-between-two-ends-for-its-memory': {
    about: 'A controller manager was ended for its memory a minute ago, for the 14th time; it runs and is Ready',
    world: world('kube-controller-manager', (made) =>
      own(
        made,
        between(began(150), {
          ...{ memoryLimit: '512Mi', runsFor: 58, now: began(58) },
          last: { reason: 'OOMKilled', exitCode: 137, seconds: 60, lasted: 40 },
        }),
        ['cp-2'],
      ),
    ),
    confirmed: ['outOfMemory'],
    recovered: 'inconclusive',
  },
  'runs-between-two-refusals': {
    about: 'A scheduler ends whenever no API server answers it for two minutes; at this moment it runs and is Ready',
    world: world('kube-scheduler', (made) => own(made, between(refused), ['cp-3'])),
    confirmed: ['dependencySilent'],
    recovered: 'inconclusive',
  },
  'runs-again-after-a-reboot': {
    about: 'Its machine was started anew: it ended a few times, as no API server was there yet, and has run on since',
    world: world('kube-scheduler', (made) =>
      own(
        made,
        between(refused, {
          ...{ restarts: 3, last: { reason: 'Error', exitCode: 1, seconds: 240, lasted: 2 } },
          ...{ runsFor: 200, now: began(200) },
        }),
        ['cp-3'],
      ),
    ),
    open: open('dependencySilent'),
    recovered: 'inconclusive',
  },
  'ended-twice-in-a-year': {
    about: 'It has ended twice since it was made, the last time five minutes ago after months',
    world: world('kube-scheduler', (made) =>
      own(
        made,
        between('bye', {
          ...{ restarts: 2, last: { reason: 'Completed', exitCode: 0, seconds: 300, lasted: 9_000_000 } },
          ...{ runsFor: 299, now: began(299) },
        }),
        ['cp-3'],
      ),
    ),
    open: open('crashLoop'),
    recovered: 'inconclusive',
  },
  'ended-once-five-minutes-ago': {
    about: 'The leader has ended once since it was made, was started anew at once, and leads again',
    world: world('kube-scheduler', (made) =>
      own(
        made,
        between('bye', {
          ...{ restarts: 1, last: { reason: 'Completed', exitCode: 0, seconds: 300, lasted: 400 } },
          ...{ runsFor: 299, now: began(299) },
        }),
        ['cp-1'],
      ),
    ),
  },
  'ended-often-eleven-minutes-ago': {
    about: 'It has ended 14 times, and has run on for longer than a kubelet ever waits',
    world: world('kube-scheduler', (made) =>
      own(made, between(panic, { last: { reason: 'Error', exitCode: 2, seconds: 660, lasted: 120 }, runsFor: 640 }), [
        'cp-1',
      ]),
    ),
  },
  'runs-between-two-ends-and-its-log-is-forbidden': {
    about: 'The same as the first, and its log may not be read',
    world: world('kube-scheduler', (made) => {
      own(made, between(panic), ['cp-1']);
      made.failing.set('logs', 'forbidden');
    }),
    open: open(
      'badConfiguration',
      'certificate',
      'othersCertificate',
      'dependencySilent',
      'probeFails',
      'crashLoop',
      'leadershipLost',
    ),
    recovered: 'inconclusive',
  },
  'runs-between-two-ends-and-is-not-ready-yet': {
    about: 'It panics again and again; at this moment it runs and its probe has not passed yet',
    world: world('kube-scheduler', (made) =>
      own(made, between(panic, { ready: false, runsFor: 5, now: began(5) }), ['cp-1']),
    ),
    confirmed: ['crashLoop'],
    open: open('probeFails'),
    recovered: 'ruled-out',
  },
  'its-kubelet-ends-it-between': {
    about: 'Its kubelet ends it whenever its probe fails; at this moment it runs and is Ready',
    world: world('kube-scheduler', (made) =>
      own(
        made,
        between(began(520), {
          last: { reason: 'Error', exitCode: 137, seconds: 400, lasted: 120 },
          events: [{ ...probe500, seconds: 401 }],
        }),
        ['cp-1'],
      ),
    ),
    confirmed: ['probeFails'],
    recovered: 'inconclusive',
  },
  'told-to-end-and-no-event-says-why': {
    about: 'The same, and the event of its probe is not there',
    world: world('kube-scheduler', (made) =>
      own(made, between(began(520), { last: { reason: 'Error', exitCode: 137, seconds: 400, lasted: 120 } }), ['cp-1']),
    ),
    open: open('probeFails', 'crashLoop'),
    recovered: 'inconclusive',
  },
};
