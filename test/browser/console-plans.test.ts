import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { practiceUsers } from '../../infra/local/console/practice-users.ts';
import { needs } from '../harness/programs.ts';
import { channel } from '../infra/local/console/harness.ts';
import { card, openDesk, plan, waiting } from './console-desk.ts';
import { picture, useBrowser } from './console-page.ts';

const { requester, approver, guest } = practiceUsers;

describe.skipIf(needs('chromium'))('plans in the console', () => {
  const visit = useBrowser();
  const fix = (page: Page) => page.getByRole('button', { name: 'Cordon the node: show the plan' });
  const window = (page: Page) => page.getByRole('dialog', { name: /^Plan/ });
  const become = async (page: Page, name: string) => {
    await page.getByRole('button', { name: /Act as somebody else/ }).click();
    await page.getByRole('menuitemradio', { name }).click();
    await page.getByRole('button', { name: `You are ${name}. Act as somebody else` }).waitFor();
  };

  test('a fix opens a window at once, the plan fills it, and submitting asks for approval', async () => {
    const desk = await openDesk();
    await desk.postCard();
    const page = await visit(desk.console);
    const plans = Promise.withResolvers<void>();
    desk.answer('openPlan', async ({ viewId }) => {
      await plans.promise;
      await desk.chat.showPlan(viewId, plan);
      return undefined;
    });
    await fix(page).click();
    await window(page).getByText('Reading the cluster…').waitFor();
    expect(await page.getByRole('button', { name: 'Request Approval' }).isVisible()).toBe(false);
    plans.resolve();
    await window(page).getByText('spec.unschedulable: (absent) → true').waitFor();
    await window(page).getByText('@approvers').waitFor();
    await picture(page, 'plan-window-light');

    await window(page).getByRole('button', { name: 'Request Approval' }).click();
    await window(page).waitFor({ state: 'hidden' });
    const caller = { userId: requester, channelId: channel, teamId: 'T0PRACTICE' };
    expect(desk.asked.at(-1)).toEqual({ what: 'request', question: { plan: plan.plan.id, caller } });
    expect(await fix(page).evaluate((element) => element.matches(':focus'))).toBe(true);
  });

  test('a refusal stays in the window to be read', async () => {
    const desk = await openDesk();
    await desk.postCard();
    const page = await visit(desk.console);
    desk.answer('openPlan', async ({ viewId }) => void (await desk.chat.showPlan(viewId, plan)));
    desk.answer('request', async () => ({ text: 'You may not request "Cordon the node": guests may not.' }));
    await fix(page).click();
    await window(page).getByRole('button', { name: 'Request Approval' }).click();
    await window(page).getByText('guests may not.').waitFor();
    expect(await page.getByRole('button', { name: 'Request Approval' }).isVisible()).toBe(false);
    await window(page).getByRole('button', { name: 'Close', exact: true }).click();
    await window(page).waitFor({ state: 'hidden' });
  });

  test('the window keeps the keyboard to itself; Escape closes it, and it cannot be filled any more', async () => {
    const desk = await openDesk();
    await desk.postCard();
    const page = await visit(desk.console);
    const views: string[] = [];
    desk.answer('openPlan', async ({ viewId }) => {
      views.push(viewId);
      await desk.chat.showPlan(viewId, plan);
      return undefined;
    });
    await fix(page).focus();
    await page.keyboard.press('Enter');
    await window(page).getByRole('button', { name: 'Request Approval' }).waitFor();
    // Behind the last of them is the browser itself, then the first again: the page behind cannot be reached.
    const focused = () =>
      page.evaluate(`{
        const { tagName, id } = document.activeElement;
        const inside = document.activeElement.closest('dialog') ? 'inside' : 'elsewhere';
        tagName === 'BODY' ? 'browser' : id || inside
      }`);
    expect(await focused()).toBe('modal-body');
    const order: unknown[] = [];
    for (let press = 0; press < 8; press += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).not.toContain('elsewhere');
    expect(order).toEqual(expect.arrayContaining(['modal-cancel', 'modal-submit']));
    await page.keyboard.press('Escape');
    await window(page).waitFor({ state: 'hidden' });
    expect(await fix(page).evaluate((element) => element.matches(':focus'))).toBe(true);
    await expect.poll(() => desk.chat.showPlan(views[0] ?? '', plan)).toBe(false);
  });

  test('another person approves in the thread, after one more question; what they are told nobody else sees', async () => {
    const desk = await openDesk();
    const thread = await desk.postCard();
    await desk.chat.post({ channel, thread }, { kind: 'plan', card: waiting }, 'incident/plan');
    desk.answer('decide', async ({ caller }) =>
      caller.userId === guest ? { text: 'You may not approve "Cordon the node": guests may not.' } : undefined,
    );
    const page = await visit(desk.console);
    await page.getByRole('button', { name: '1 reply' }).click();
    const pane = page.getByRole('complementary', { name: 'Thread' });
    const approve = pane.getByRole('button', { name: /^Approve/ });
    const question = page.getByRole('dialog', { name: 'Approve this change?' });
    const press = async () => {
      await approve.click();
      await question.getByText(/cordon node worker-3.*on cluster prod-eu/).waitFor();
      await question.getByRole('button', { name: 'Approve' }).click();
    };

    await become(page, 'Gus Guest');
    await press();
    await pane.getByText('guests may not.').waitFor();
    await become(page, 'Ada Approver');
    await pane.getByText('guests may not.').waitFor({ state: 'detached' });
    await picture(page, 'plan-thread-light');
    await press();
    await expect.poll(() => desk.asked.length).toBe(2);
    expect(desk.asked.map(({ question: asked }) => asked)).toMatchObject([
      { button: 'approve', plan: waiting.plan.id, caller: { userId: guest } },
      { button: 'approve', plan: waiting.plan.id, caller: { userId: approver } },
    ]);
    await become(page, 'Gus Guest');
    await pane.getByText('guests may not.').waitFor();
  });

  test('who somebody is holds for their tab, over a reload; an outsider is turned away', async () => {
    const desk = await openDesk();
    await desk.postCard();
    const page = await visit(desk.console);
    await become(page, 'Otto Outsider');
    await page.reload();
    await page.getByRole('button', { name: 'You are Otto Outsider. Act as somebody else' }).waitFor();
    await fix(page).click();
    await page.getByText('Only members of the workspace this app belongs to may do that.').first().waitFor();
    expect(desk.asked).toEqual([]);
    const other = await visit(desk.console);
    await other.getByRole('button', { name: 'You are Rosa Requester. Act as somebody else' }).waitFor();
    expect(await other.getByText('Only members of the workspace').count()).toBe(0);
    await other.getByPlaceholder('Message #incidents').fill('I am on it');
    await other.keyboard.press('Enter');
    await page
      .getByRole('article', { name: /^Rosa Requester/ })
      .getByText('I am on it')
      .waitFor();
  });

  test('the menu of people works with the keyboard and says who is there', async () => {
    const desk = await openDesk();
    const page = await visit(desk.console);
    await page.getByRole('button', { name: /Act as somebody else/ }).focus();
    await page.keyboard.press('Enter');
    const items = page.getByRole('menuitemradio');
    expect(await items.count()).toBe(6);
    expect(await page.getByRole('menuitemradio', { checked: true }).innerText()).toContain('Rosa Requester');
    await picture(page, 'people-light');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'You are Ada Approver. Act as somebody else' }).waitFor();
    await page.getByRole('button', { name: /Act as somebody else/ }).press('Enter');
    await page.keyboard.press('Escape');
    await items.first().waitFor({ state: 'hidden' });
  });

  test('a broken glass stands in the channel by itself, and the request says what it waits for', async () => {
    const desk = await openDesk();
    const interlocks = waiting.plan.interlocks.map((each) => ({ ...each, holds: !each.breakable }));
    const at = waiting.plan.updatedAt;
    const although = interlocks.filter(({ holds }) => !holds);
    const breakGlass = { by: approver, at, reason: 'the shop is down, and the node has to go', although };
    const waitsFor = [
      { why: 'the policy asks for 2 approvals now; it was 1 when it was asked for' },
      { by: approver, why: 'has approved it, which does not count any more: this account is deactivated' },
    ];
    const open = { ...waiting, approvalsNeeded: 2, waitsFor, plan: { ...waiting.plan, interlocks, breakGlass } };
    const steps = [
      { word: 'requested' as const, by: approver, at },
      { word: 'broke-glass' as const, by: approver, at, note: breakGlass.reason },
    ];
    const plans = [{ plan: waiting.plan.id, title: 'Cordon the node', steps }];
    const byHand = [{ title: 'Start the kubelet', by: approver, at }];
    const thread = await desk.chat.post({ channel }, { kind: 'card', card: { ...card, plans, byHand } }, 'card');
    await desk.chat.post({ channel, thread }, { kind: 'plan', card: open }, 'plan');
    await desk.chat.post({ channel }, { kind: 'break-glass', card: open }, 'glass');
    const page = await visit(desk.console, { viewport: { width: 1440, height: 1300 } });

    const loud = page.locator('article').filter({ hasText: '⚠ Break-glass: Cordon the node' });
    await loud.getByText('the shop is down, and the node has to go').waitFor();
    expect(await loud.innerText()).toContain('It is done once it is approved by @approvers');
    const first = page.locator('article').first();
    expect(await first.innerText()).toMatch(/glass broken by @Ada Approver.*the shop is down/s);
    expect(await first.innerText()).toMatch(/Done by hand, says @Ada Approver at .*: Start the kubelet/);
    await page.getByRole('button', { name: '1 reply' }).click();
    const pane = page.getByRole('complementary', { name: 'Thread' });
    await pane.getByText(/the policy asks for 2 approvals now/).waitFor();
    expect(await pane.innerText()).toContain('@Ada Approver has approved it, which does not count any more');
    await picture(page, 'plan-break-glass');
  });

  test('the card tells what became of a fix, in place, and its buttons wait below', async () => {
    const desk = await openDesk();
    const ref = await desk.postCard();
    const page = await visit(desk.console, { viewport: { width: 1280, height: 1100 } });
    await fix(page).waitFor();
    const at = (minute: number) => `2026-11-21T02:${minute}:00Z`;
    const plans = [
      {
        plan: plan.plan.id,
        title: 'Cordon the node',
        steps: [
          { word: 'requested', at: at(46), by: requester },
          { word: 'approved', at: at(47), by: approver },
          { word: 'rehearsed', at: at(47) },
          { word: 'applied', at: at(47) },
          { word: 'verified', at: at(49), note: 'verified: fixed: no pod was placed on it since' },
        ],
      },
    ] as const;
    await desk.chat.update(ref, { kind: 'card', card: { ...card, plans, offered: [] } }, `${card.incident}/card`);
    const line = page.getByText(/Cordon the node: requested by @Rosa Requester .* → approved by @Ada Approver/);
    await line.waitFor();
    expect(await page.locator('article').count()).toBe(1);
    expect(await fix(page).count()).toBe(0);
    await picture(page, 'card-plans-light');
  });

  test('"Done by Hand" stands below the steps in the thread', async () => {
    const desk = await openDesk();
    const thread = await desk.postCard();
    await desk.chat.post({ channel, thread }, { kind: 'evidence', card, part: 0 }, 'incident/evidence');
    desk.answer('doneByHand', async () => ({ text: 'Looking whether it helped.' }));
    const page = await visit(desk.console);
    await page.getByRole('button', { name: '1 reply' }).click();
    await page.getByRole('button', { name: 'Done by hand: Restart the kubelet on the machine' }).click();
    await page.getByText('Looking whether it helped.').first().waitFor();
    expect(desk.asked).toMatchObject([
      { what: 'doneByHand', question: { incident: card.incident, manual: 'restartKubelet' } },
    ]);
  });

  test('fits a phone, in the dark', async () => {
    const desk = await openDesk();
    await desk.postCard();
    const page = await visit(desk.console, {
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
    desk.answer('openPlan', async ({ viewId }) => void (await desk.chat.showPlan(viewId, plan)));
    await page.getByRole('button', { name: /Act as somebody else/ }).click();
    await page.getByRole('menuitemradio', { name: 'Ada Approver' }).waitFor();
    await picture(page, 'people-phone-dark');
    await page.keyboard.press('Escape');
    await fix(page).click();
    const submit = window(page).getByRole('button', { name: 'Request Approval' });
    await submit.waitFor();
    expect(await window(page).boundingBox()).toMatchObject({ x: 0, y: 0, width: 360, height: 740 });
    const { y = 0, height = 0 } = (await submit.boundingBox()) ?? {};
    expect(y + height).toBeLessThanOrEqual(740);
    expect(await overflow()).toBe(0);
    await picture(page, 'plan-window-phone-dark');
  });
});
