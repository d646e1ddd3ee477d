import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planModal } from '../../../infra/slack/render-modal.ts';
import { validateView } from '../../../infra/slack/validate.ts';
import { modalValue } from '../../../infra/slack/values.ts';
import { type AppRoom, openAppRoom } from './app-room.ts';
import { cordon, shown } from './plans.ts';

const nothingWasDone = 'This button does not hold what Nightshift put there: nothing was done.';
const onlyMembers = 'Only members of the workspace this app belongs to may do that.';
/** Values that no button of ours holds. */
const tampered = [
  ['empty', ''],
  ['one reference too few', 'incident-1'],
  ['one too many', 'a/b/c'],
  ['an empty one', 'incident-1/'],
  ['a change', '{"verb":"drain","node":"worker-3"}'],
  ['a path', 'incident-1/../cordonNode'],
  ['a line break', 'incident-1/cordon\nNode'],
  ['too long', `incident-1/${'x'.repeat(101)}`],
] as const;

describe('the Slack app', () => {
  let room: AppRoom;
  beforeEach(async () => {
    room = await openAppRoom();
  });
  afterEach(() => room.close());
  const caller = () => ({ userId: 'U1', channelId: 'C1', teamId: room.slack.team });
  const viewOf = (id: string) => JSON.parse(room.slack.views.get(id) ?? 'null');

  describe('opens a plan', () => {
    it('in a window that is there before anything is read, and hands on which', async () => {
      const app = room.open();
      expect(await app.handle(room.press('fix', 'incident-1/cordonNode'))).toMatchObject({ status: 200, body: '' });
      await app.idle();
      expect(JSON.stringify(viewOf('V1'))).toContain('Reading the cluster…');
      expect(validateView(viewOf('V1'))).toEqual([]);
      expect(room.asked).toEqual([{ incident: 'incident-1', remedy: 'cordonNode', viewId: 'V1/C1', caller: caller() }]);
      expect(room.told).toEqual([]);
    });

    it.each([
      ['from the second button', 'fix-2', { actions: [{ action_id: 'fix-2', value: 'incident-1/drain' }] }],
      [
        'from the menu',
        'more',
        { actions: [{ action_id: 'more', selected_option: { value: 'fix/incident-1/drain' } }] },
      ],
    ])('%s', async (_, action, { actions }) => {
      const app = room.open();
      const pressed = actions.map((one) => ({ type: 'button', block_id: 'b', ...one }));
      await app.handle(room.press(action, '', { actions: pressed }));
      await app.idle();
      expect(room.asked).toMatchObject([{ incident: 'incident-1', remedy: 'drain' }]);
    });

    it('and says in the window why there is none', async () => {
      const openPlan = async () => ({ text: 'this incident is over <really>' });
      const app = room.open({ handlers: { ...room.handlers, openPlan } });
      await app.handle(room.press('fix', 'incident-1/cordonNode'));
      await app.idle();
      expect(JSON.stringify(viewOf('V1'))).toContain('this incident is over <really>');
      expect(room.told).toEqual([]);
    });

    it('and tells the person when the window was closed, or the handler failed', async () => {
      const openPlan = async () => {
        room.slack.views.clear();
        throw new Error('the store is locked');
      };
      const app = room.open({ handlers: { ...room.handlers, openPlan } });
      await app.handle(room.press('fix', 'incident-1/cordonNode'));
      await app.idle();
      expect(room.told).toMatchObject([{ text: 'That did not work: the store is locked', response_type: 'ephemeral' }]);
    });

    it('not when the window did not open in time: nothing is asked, and the person is told to press again', async () => {
      const app = room.open();
      await app.handle(room.press('fix', 'incident-1/cordonNode', { trigger_id: 'too old' }));
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(room.told).toMatchObject([{ text: expect.stringContaining('press the button again') }]);
    });

    it.each(tampered)('not for a value that was tampered with: %s', async (_, value) => {
      const app = room.open();
      expect(await app.handle(room.press('fix', value))).toMatchObject({ status: 200 });
      await app.idle();
      expect([room.asked, room.slack.calls]).toEqual([[], []]);
      expect(room.told).toMatchObject([{ response_type: 'ephemeral', text: nothingWasDone }]);
    });
  });

  describe('takes a request for approval', () => {
    const submitted = (plan = cordon.id) => ({ private_metadata: modalValue(plan, 'C0INCIDENTS') });

    it('from the window of a plan, with the channel it was opened from, and closes it', async () => {
      const app = room.open();
      const { callback_id, private_metadata } = planModal(shown, 'C0INCIDENTS');
      const { body } = await app.handle(room.submit({ callback_id, private_metadata }));
      expect(JSON.parse(body)).toEqual({ response_action: 'clear' });
      expect(room.asked).toEqual([{ plan: cordon.id, caller: { ...caller(), channelId: 'C0INCIDENTS' } }]);
    });

    it('and shows a refusal in the window, where it stays to be read', async () => {
      const request = async () => ({ text: 'You may not request "Cordon": guests may not.' });
      const app = room.open({ handlers: { ...room.handlers, request } });
      const answer = JSON.parse((await app.handle(room.submit(submitted()))).body);
      expect(answer).toMatchObject({ response_action: 'update' });
      expect(JSON.stringify(answer.view)).toContain('guests may not.');
      expect(validateView(answer.view)).toEqual([]);
    });

    it('says that it is under way when it takes longer than Slack waits, and then what came of it', async () => {
      const slow = Promise.withResolvers<undefined>();
      room.slack.views.set('V1', '{}');
      const app = room.open({ ackAfterMs: 20, handlers: { ...room.handlers, request: () => slow.promise } });
      const answer = JSON.parse((await app.handle(room.submit(submitted()))).body);
      expect(JSON.stringify(answer.view)).toContain('Requesting approval…');
      slow.resolve(undefined);
      await app.idle();
      expect(JSON.stringify(viewOf('V1'))).toContain('Approval is requested');
    });

    it('whispers what came of it when the window was closed meanwhile', async () => {
      const slow = Promise.withResolvers<{ text: string }>();
      const app = room.open({ ackAfterMs: 20, handlers: { ...room.handlers, request: () => slow.promise } });
      await app.handle(room.submit(submitted()));
      slow.resolve({ text: 'Nothing was done: it was asked for already.' });
      await app.idle();
      expect(room.slack.whispers).toMatchObject([{ user: 'U1', text: expect.stringContaining('asked for already') }]);
    });

    it.each([
      ['none', undefined],
      ['no JSON', 'q7Jx'],
      ['another shape', '{"plan":7}'],
      ['a reference that is none', modalValue('a b', 'C1')],
      ['a channel that is none', modalValue('q7Jx', '<!channel>')],
      ['too long', modalValue('x'.repeat(4_000), 'C1')],
    ])('not from a window whose reference was tampered with: %s', async (_, private_metadata) => {
      const { body } = await room.open().handle(room.submit({ private_metadata }));
      expect(room.asked).toEqual([]);
      expect(body).toContain('nothing was done');
    });

    it('not from another workspace', async () => {
      const from = { user: { id: 'U1', team_id: 'T0OTHER' } };
      const app = room.open();
      const { body } = await app.handle(room.submit(submitted(), from));
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(body).toContain(onlyMembers);
      expect(room.turnedAway).toMatchObject([{ what: 'request', caller: { userId: 'U1', teamId: 'T0OTHER' } }]);
    });
  });

  describe('takes decisions', () => {
    it.each(['approve', 'refuse', 'stop', 'undo', 'it-was-applied', 'it-was-not-applied', 'plan-again'] as const)(
      '"%s" at once, and hands on the plan and who it was',
      async (button) => {
        const app = room.open();
        expect(await app.handle(room.press(button, cordon.id))).toMatchObject({ status: 200, body: '' });
        await app.idle();
        expect(room.asked).toEqual([{ plan: cordon.id, button, caller: caller() }]);
        expect(room.told).toEqual([]);
      },
    );

    it('and tells only the person why they may not', async () => {
      const decide = async () => ({ text: 'You may not approve "Cordon": you asked for it yourself.' });
      const app = room.open({ handlers: { ...room.handlers, decide } });
      await app.handle(room.press('approve', cordon.id));
      await app.idle();
      expect(room.told).toMatchObject([
        { response_type: 'ephemeral', replace_original: false, text: expect.stringContaining('asked for it yourself') },
      ]);
    });

    it('not with a value that was tampered with, nor by a name that only looks like a button', async () => {
      const app = room.open();
      for (const value of ['', 'a/b', '{"id":1}', 'x'.repeat(101)]) await app.handle(room.press('approve', value));
      for (const name of ['toString', '__proto__', 'approve ', 'APPROVE'])
        await app.handle(room.press(name, cordon.id));
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(room.told.slice(0, 4).map(({ text }) => text)).toEqual(Array(4).fill(nothingWasDone));
      expect(room.told.slice(4)).toMatchObject(Array(4).fill({ text: expect.stringContaining('another version') }));
    });

    it('not from another workspace', async () => {
      const app = room.open();
      await app.handle(room.press('approve', cordon.id, { user: { id: 'U1', team_id: 'T0OTHER' } }));
      await app.idle();
      expect(room.asked).toEqual([]);
      expect(room.told).toMatchObject([{ text: onlyMembers }]);
      const caller = { userId: 'U1', channelId: 'C1', teamId: 'T0OTHER' };
      expect(room.turnedAway).toEqual([{ what: 'approve', plan: cordon.id, caller }]);
    });

    it('not from another workspace, whatever is pressed: it is noted what of what, and nothing that is not ours', async () => {
      const app = room.open();
      const user = { user: { id: 'U1', team_id: 'T0OTHER' } };
      const overflow = (value: string) => ({
        actions: [{ type: 'overflow', block_id: 'b', action_id: 'more', selected_option: { value } }],
      });
      await app.handle(room.press('fix-1', 'incident-1/cordon', user));
      await app.handle(room.press('done-by-hand', 'incident-1/start', user));
      await app.handle(room.press('more', '', { ...user, ...overflow('fix/incident-1/cordon') }));
      await app.handle(room.press('run-again', 'incident-1', user));
      await app.handle(room.press('<!channel>', '<!channel>', user));
      await app.idle();
      expect(room.turnedAway).toMatchObject([
        { what: 'open a fix', incident: 'incident-1' },
        { what: 'say that it was done by hand', incident: 'incident-1' },
        { what: 'open a fix', incident: 'incident-1' },
        { what: 'run again', incident: 'incident-1' },
        { what: 'a button' },
      ]);
      expect(JSON.stringify(room.turnedAway)).not.toContain('channel>');
    });

    it('"Done by Hand": hands on the incident and the fix, and tells what is noted', async () => {
      const app = room.open();
      await app.handle(room.press('done-by-hand', 'incident-1/restartKubelet'));
      await app.handle(room.press('done-by-hand', 'incident-1'));
      await app.idle();
      expect(room.asked).toEqual([{ incident: 'incident-1', manual: 'restartKubelet', caller: caller() }]);
      expect(room.told).toMatchObject([{ text: nothingWasDone }]);
    });

    it('one more look, chosen from the menu; a link there wants nothing, anything else is refused', async () => {
      const app = room.open();
      for (const value of ['run-again/incident-1', 'link/2', 'drain/incident-1', undefined]) {
        const actions = [{ type: 'overflow', block_id: 'b', action_id: 'more', selected_option: { value } }];
        await app.handle(room.press('more', '', { actions }));
      }
      await app.idle();
      expect(room.asked).toEqual([{ ...caller(), incident: 'incident-1' }]);
      expect(room.told.map(({ text }) => text)).toEqual([nothingWasDone, nothingWasDone]);
    });
  });
});
