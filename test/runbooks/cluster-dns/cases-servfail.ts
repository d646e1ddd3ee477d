import type { Told } from './case.ts';
import { COREFILE } from './objects.ts';
import { quiet, wellAnswers } from './world.ts';

/** With another upstream for some names. */
const stubbed = (first: string) => `${COREFILE}corp.example:53 {
${first}    cache 30
    forward . 10.150.0.1
}
`;

/** CoreDNS answers SERVFAIL, and the one upstream that is counted does not. */
export const servfailCases: Readonly<Record<string, Told>> = {
  'servfail-and-no-plug-in-errors': {
    about: 'A twentieth of its answers are SERVFAIL, and nothing would tell of questions without an answer.',
    world: {
      ...{ ...quiet, corefile: COREFILE.replace('    errors\n', '') },
      answers: { ...wellAnswers, servfail: 0.05 },
    },
    expect: { inconclusive: ['upstreamFails', 'nodeNetwork'], recovered: 'ruled-out' },
  },
  'servfail-and-a-block-without-plug-in-errors': {
    about: 'The same; of the one upstream that it is about there is neither figure nor line.',
    world: { ...quiet, corefile: stubbed(''), answers: { ...wellAnswers, servfail: 0.05 } },
    expect: { inconclusive: ['upstreamFails'], recovered: 'ruled-out' },
  },
  'servfail-and-plug-in-errors-in-each-block': {
    about: 'Both blocks would write of questions without an answer, and write nothing.',
    world: { ...quiet, corefile: stubbed('    errors\n'), answers: { ...wellAnswers, servfail: 0.05 } },
    expect: { recovered: 'ruled-out' },
  },
  'a-block-without-plug-in-errors-and-no-servfail': {
    about: 'Nothing writes of what that block leaves without an answer, and next to nothing is.',
    world: { ...quiet, corefile: stubbed('') },
    expect: { recovered: 'confirmed' },
  },
  'servfail-of-its-own': {
    about: 'Nothing that is told apart here explains it, and it is not well either.',
    world: { ...quiet, answers: { ...wellAnswers, servfail: 0.05 } },
    expect: { recovered: 'ruled-out' },
  },
};
