import type { causes } from '../../../../runbooks/any-alert/causes.ts';
import type { Truth } from '../truth.ts';

export const truth: Truth<keyof typeof causes> = [
  {
    is: [],
    cases: `
      well-and-still-firing well-and-over prometheus-scrapes-nothing expression-of-another-pod asked-by-a-person
      crashed-2-hours-before crashed-once not-scheduled-yet pod-gone new-version-well deployment deployment-of-many
      replica-set daemon-set service persistent-volume-claim node cluster`,
  },
  { is: [], unseen: true, cases: 'prometheus-only' },
  { is: ['newVersion', 'containerEnds'], cases: 'new-version-fails new-version-30-seconds-after' },
  { is: ['memoryLimit'], cases: 'out-of-memory' },
  { is: ['cannotStart'], cases: 'image-not-found' },
  { is: ['unscheduled'], cases: 'no-node-takes-it' },
  { is: ['nodeTrouble'], cases: 'node-silent node-gone node-under-pressure' },
  {
    is: ['containerEnds'],
    cases: `
      crash-loop crashed-20-minutes-before crash-loop-without-rights-to-logs stateful-set objects-only
      new-version-5-minutes-after new-version-2-hours-before`,
  },
];
