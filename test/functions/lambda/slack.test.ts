import { describe, expect, it } from 'vitest';
import { TryLater } from '../../../engine/errors.ts';
import { slotOf } from '../../../engine/incident.ts';
import { queuedSlackHandlers } from '../../../functions/lambda/slack-entry.ts';
import { nodeAlert } from '../../engine/night.ts';
import { you } from '../../infra/local/console/harness.ts';
import { nobodyListens, slackStage } from './slack-stage.ts';

const caller = { userId: 'U1', channelId: 'C1', teamId: 'T1' };

describe('the function slack', () => {
  it('stores a command and answers nothing; the answer comes from the queue, to the person alone', async () => {
    await using stage = await slackStage();

    expect(await stage.type('runbooks')).toEqual({ ok: true });
    expect(await stage.told()).toEqual([]);

    expect(await stage.answerAll()).toBe(1);
    expect(await stage.told()).toEqual([expect.stringContaining('I know these problems')]);
  });

  it('needs no cluster for its answer: who asks for a look waits for nobody who reads one', async () => {
    const silent = new Promise<never>(() => {});
    await using stage = await slackStage({
      desk: (desk) => ({
        ...desk,
        clusters: desk.clusters.map((cluster) => ({ ...cluster, source: { read: () => silent } })),
      }),
    });

    expect(await stage.type('investigate node-not-ready worker-3')).toEqual({ ok: true });
    expect(stage.console.server.deliveries()).toMatchObject([{ outcome: 'acknowledged' }]);
    expect(await stage.waiting('investigate')).toMatchObject([
      { type: 'command', text: 'investigate node-not-ready worker-3', by: you },
    ]);
  });

  it('answers a slip of the fingers in words', async () => {
    await using stage = await slackStage();
    await stage.type('runboks');
    await stage.answerAll();

    expect(await stage.told()).toEqual([expect.stringContaining('Did you mean')]);
  });

  it('gives one answer, however often Slack or the queue delivers the question', async () => {
    await using stage = await slackStage();
    await stage.type('runbooks');
    const [first] = stage.console.received;
    if (!first) throw new Error('nothing was sent');
    for (const attempt of ['1', '2', '3']) {
      const again = { 'x-slack-retry-num': attempt, 'X-Slack-Retry-Reason': 'http_timeout' };
      expect(await stage.deliver(first, again)).toMatchObject({ statusCode: 200, body: '' });
    }

    expect(await stage.answerAll()).toBe(4);
    expect(await stage.told()).toHaveLength(1);
  });

  it('an answer that Slack did not take is given again, and not lost', async () => {
    await using stage = await slackStage();
    await stage.type('runbooks');
    const [question] = await stage.waiting('investigate');
    const down = { ...(question as object), answerTo: nobodyListens };

    await expect(stage.investigate(down, new AbortController().signal)).rejects.toBeInstanceOf(TryLater);
    await stage.investigate(question, new AbortController().signal);
    expect(await stage.told()).toHaveLength(1);
  });

  it('an answer goes to Slack and nowhere else, whoever wrote the question: it was not even looked for', async () => {
    await using stage = await slackStage({
      desk: (desk) => ({ ...desk, store: { ...desk.store, list: () => Promise.reject(new Error('was looked for')) } }),
    });
    await stage.type('incidents');
    const [question] = await stage.waiting('investigate');
    for (const answerTo of ['http://127.0.0.1:9/', 'https://hooks.slack.com.example.com/x', 'file:///etc/passwd', '']) {
      const forged = { ...(question as object), id: 'forged', answerTo };
      await expect(stage.investigate(forged, new AbortController().signal)).rejects.toThrow("which is not Slack's");
    }
  });

  it('a question that meets a throttled store waits; one that fails for good is answered with the reason', async () => {
    let failure: Error = new TryLater('the table is throttled', 1_000);
    await using stage = await slackStage({
      desk: (desk) => ({ ...desk, store: { ...desk.store, list: () => Promise.reject(failure) } }),
    });
    await stage.type('incidents');
    const [question] = await stage.waiting('investigate');
    const work = () => stage.investigate(question, new AbortController().signal);

    await expect(work()).rejects.toBeInstanceOf(TryLater);
    expect(await stage.told()).toEqual([]);
    failure = new Error('the table is gone');
    await work();
    expect(await stage.told()).toEqual(['That did not work: the table is gone']);
  });

  it('an address that takes no more answers is logged, and the question done', async () => {
    await using stage = await slackStage();
    await stage.type('runbooks');
    stage.tonight.pass(31 * 60);

    expect(await stage.answerAll()).toBe(1);
    expect(await stage.answerAll()).toBe(0);
    expect(stage.logged.join()).toContain('takes no more answers');
  });

  it('"Run Again" is stored; what cannot be run is said to the person', async () => {
    await using stage = await slackStage();
    const { desk, tonight } = stage;
    tonight.node('worker-3', false);
    await tonight.send(nodeAlert('worker-3'));
    await tonight.settle();
    const [card] = tonight.channel.cards();
    if (!card) throw new Error('no card was posted');
    const again = await stage.cardWithButton(card, 'run-again');
    const looksWanted = async () => (await tonight.incidents()).map(({ look }) => look.wanted);

    expect(await again()).toEqual({ ok: true });
    expect(await looksWanted()).toEqual([1]);
    await stage.answerAll();
    expect([await looksWanted(), await stage.told()]).toEqual([[2], []]);

    await desk.store.delete('incidents', slotOf(card.incident));
    await again();
    await stage.answerAll();
    expect(await stage.told()).toEqual([expect.stringContaining('This incident is over')]);
  });

  it('stores what people want of a plan in the words of the queue, and needs nothing else for it', async () => {
    await using stage = await slackStage();
    const handlers = queuedSlackHandlers(stage.tonight.queue);

    const asking = (id: string) => ({ id, answerTo: '' });
    await handlers.openPlan({ incident: 'i', remedy: 'cordon', viewId: 'V1/C1', caller }, asking('1'));
    await handlers.request({ plan: 'p', caller }, asking('2'));
    await handlers.decide({ plan: 'q', button: 'approve', caller }, asking('3'));
    await handlers.doneByHand({ incident: 'i', manual: 'm', caller }, asking('4'));

    const by = (wish: string) => ({
      by: 'U1',
      channel: 'C1',
      made: { wish, at: expect.stringMatching(/^\d{4}-.*Z$/) },
    });
    expect(await stage.waiting('remediate')).toEqual([
      { type: 'open', incident: 'i', remedy: 'cordon', view: 'V1/C1', ...by('1') },
      { type: 'request', plan: 'p', ...by('2') },
      { type: 'decide', plan: 'q', button: 'approve', ...by('3') },
      { type: 'done-by-hand', incident: 'i', manual: 'm', ...by('4') },
    ]);
  });

  it('stores a broken glass where plans are worked on, and says so at once', async () => {
    await using stage = await slackStage();

    await stage.type('break-glass q7Jx the freeze was for another team');
    expect(await stage.told()).toEqual([expect.stringContaining('Noted')]);
    expect(await stage.waiting('remediate')).toMatchObject([
      {
        ...{ type: 'break-glass', plan: 'q7Jx', reason: 'the freeze was for another team', by: you },
        // Slack's own name for it.
        made: { wish: stage.console.received.at(-1)?.form.get('trigger_id'), at: expect.any(String) },
      },
    ]);
    expect(await stage.waiting('investigate')).toEqual([]);
  });

  it('says so when it could not store what was asked: nothing is lost in silence', async () => {
    await using stage = await slackStage();
    stage.tonight.queue.send = () => Promise.reject(new TryLater('the queue is throttled', 1_000));

    await stage.type('runbooks');
    expect(await stage.told()).toEqual(['That did not work: the queue is throttled']);
  });

  it('refuses what Slack did not sign, and what it signed at another time', async () => {
    await using stage = await slackStage();
    await stage.type('runbooks');
    const [genuine] = stage.console.received;
    if (!genuine) throw new Error('nothing was sent');

    expect(await stage.deliver({ ...genuine, body: `${genuine.body}&x=1` })).toMatchObject({ statusCode: 401 });
    expect([stage.askedForNewest(), stage.turnedAway()]).toEqual([1, 1]);
    stage.tonight.pass(301);
    expect(await stage.deliver(genuine)).toMatchObject({ statusCode: 401 });
    expect(await stage.deliver({ headers: {}, body: genuine.body })).toMatchObject({ statusCode: 401 });
    // What is not signed, or not now, or not as Slack signs, says nothing about the secret: nobody is asked for another one.
    stage.tonight.pass(-301);
    const guessed = { ...genuine.headers, 'x-slack-signature': 'v0=0' };
    expect(await stage.deliver({ ...genuine, headers: guessed })).toMatchObject({ statusCode: 401 });
    expect([stage.askedForNewest(), stage.turnedAway()]).toEqual([1, 1]);
    stage.tonight.pass(-301);
    expect(await stage.deliver(genuine)).toMatchObject({ statusCode: 401 });
    stage.tonight.pass(301);
    expect(await stage.waiting('investigate')).toHaveLength(1);
  });

  it('takes what is signed with a secret that was rotated a moment ago', async () => {
    await using stage = await slackStage({ secretBefore: 'old' });

    expect(await stage.type('runbooks')).toEqual({ ok: true });
    expect(await stage.waiting('investigate')).toHaveLength(1);
    expect(stage.turnedAway()).toBe(0);
  });

  it('counts every press while its own signing secret is another: nothing else tells before somebody needs it', async () => {
    await using stage = await slackStage({ wrongSecret: 'aVerificationToken24char' });

    await stage.type('runbooks').catch(() => {});
    await stage.type('runbooks').catch(() => {});
    expect([await stage.waiting('investigate'), stage.turnedAway()]).toEqual([[], 2]);
  });

  it('hands everything that is no question to the one who worked on the queue before', async () => {
    await using stage = await slackStage();
    stage.tonight.node('worker-3', false);
    await stage.tonight.send(nodeAlert('worker-3'));

    expect(await stage.answerAll()).toBeGreaterThanOrEqual(3);
    expect(await stage.tonight.incidents()).toMatchObject([{ state: 'diagnosed' }]);
  });
});
