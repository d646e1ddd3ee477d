import type { Case } from '../../../engine/replay.ts';
import { but, caseOf, lastWord, silence } from './case.ts';
import { failed, unanswered } from './cases-denied.ts';
import { denied, noPrometheus, recording, refusal } from './compose.ts';
import type { LogAnswer } from './log-answers.ts';
import { answers, fellSilent, refusing, silent } from './worlds.ts';

const unseen = [...lastWord, 'manyNodes'];
/** A node that fell silent, of which no Prometheus tells. */
const objectsOnly = (about: string, log: LogAnswer, expect: Parameters<typeof caseOf>[2], from = 'kubelet-killed') =>
  caseOf(`${about}; there is no Prometheus.`, { recording: recording(from), log }, expect, noPrometheus);
const open = { inconclusive: [...silence, ...unseen], recovered: 'ruled-out' } as const;

/** What the API server meets at the port of a node that fell silent, where nobody else tells of it. */
const alone: Record<string, Case> = {
  'refused-to-the-api-server': objectsOnly('The API server is refused at its port', 'refused', {
    confirmed: ['kubeletStopped'],
    inconclusive: ['machineDown', 'unauthorized', ...unseen],
    recovered: 'ruled-out',
  }),
  'its-log-is-served': objectsOnly('It serves the API server a log, and renews no lease', 'served', {
    inconclusive: [...but(silence, 'kubeletStopped', 'kubeletStuck'), ...unseen],
    recovered: 'ruled-out',
  }),
  'cannot-ask-who-the-api-server-is': objectsOnly(
    'It answers the API server that it cannot ask who that is, as recorded',
    'denied',
    { inconclusive: [...but(silence, 'kubeletStopped', 'kubeletStuck'), ...unseen], recovered: 'ruled-out' },
    'cert-expired',
  ),
  'no-answer-to-the-api-server': objectsOnly('The API server gets no answer from its port', 'unanswered', open),
  'no-route-for-the-api-server': objectsOnly('The API server finds no route to it', 'noRoute', open),
  'no-log-may-be-read': objectsOnly('No log may be read', 'forbidden', open),
  'its-pod-is-just-gone': objectsOnly('The pod whose log is asked for has just gone', 'gone', open),
  'no-tunnel-to-it': objectsOnly('The tunnel that leads to the nodes refuses the API server', 'noTunnel', open),
};

const stopped = { confirmed: ['kubeletStopped'], inconclusive: lastWord };

/** The same beside Prometheus, where one of them tells of now; where both do and differ: told-port.test.ts. */
const beside: Record<string, Case> = {
  'refused-to-both': caseOf(
    'Its port refuses a scrape and the API server.',
    { ...fellSilent, scrapes: refusing, kubelet: {}, log: 'refused' },
    stopped,
  ),
  'refused-since-it-was-scraped': caseOf(
    'Scraped before it fell silent; now the API server is refused.',
    { ...fellSilent, scrapes: answers, scrapedAgo: 70, log: 'refused' },
    stopped,
  ),
  'refused-a-scrape-and-no-log-may-be-read': caseOf(
    'It refused a scrape; no log may be read.',
    { ...fellSilent, scrapes: refusing, ended: refusal, kubelet: {}, log: 'forbidden' },
    stopped,
  ),
  'cut-off-and-denies': caseOf(
    'It cannot ask who the API server is; its scrape fails after 4 ms, and its own calls got no answer before.',
    failed(0.004, { log: 'denied', apiCalls: unanswered }),
    { confirmed: ['cutOff'], inconclusive: ['unauthorized', ...lastWord] },
  ),
  'silent-to-a-scrape-and-serves': caseOf(
    'It was silent to a scrape, and serves the API server a log.',
    failed(10, { log: 'served', apiCalls: unanswered }),
    { confirmed: ['cutOff'], inconclusive: ['unauthorized', ...lastWord] },
  ),
  'silent-to-both': caseOf(
    'Neither Prometheus nor the API server gets an answer; its calls got theirs until then.',
    { ...fellSilent, scrapes: silent, log: 'unanswered' },
    { confirmed: ['kubeletStuck'], inconclusive: ['cutOff', ...lastWord] },
  ),
  'answers-401-and-is-silent': caseOf(
    'It answers Prometheus 401; the API server gets no answer.',
    failed(0.004, { ended: denied, log: 'unanswered', apiCalls: unanswered }),
    { confirmed: ['cutOff'], inconclusive: ['unauthorized', ...lastWord] },
  ),
};

export const answered: Readonly<Record<string, Case>> = { ...alone, ...beside };
