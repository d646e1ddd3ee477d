import type { PlanCard } from '../../engine/plan-card.ts';
import { code, escapeMrkdwn, visible } from './escape.ts';
import { valueIn } from './render-interlock.ts';
import { bullets, line, moment, newPen, richText, type SlackMessage, title, words } from './rich.ts';

/** Of the workloads that somebody answers for so many are named: more would not be read. */
const NAMED = 5;

/**
 * Somebody goes on in spite of a rule of the team. A message of its own in the channel, and those who may approve are
 * told by name: nobody must find out from a line in a thread.
 */
export function renderBreakGlass({ plan, approvers }: PlanCard): SlackMessage {
  const { breakGlass, cluster, target } = plan;
  const pen = newPen(300);
  const broken = breakGlass?.although ?? [];
  const spite = broken.map((one) => line(pen.strong(one.title), words(': '), pen.plain(valueIn(pen, one, NAMED))));
  const all = pen.whole
    ? []
    : [line(words('Not all of it is named here: '), pen.mono(`nightshift plan ${plan.id}`, 250), words(' lists all'))];
  const who = [...approvers.userGroups, ...approvers.users].slice(0, 10);
  const told = who.flatMap((id, index) => [...(index > 0 ? [words(', ')] : []), pen.mention(id)]);
  const at = breakGlass ? [words(' at '), moment(new Date(breakGlass.at), '{time}')] : [];
  return {
    text: `Break-glass: ${escapeMrkdwn(plan.title, 200)}: ${escapeMrkdwn(breakGlass?.reason ?? '', 200)}`,
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: visible(`⚠ Break-glass: ${plan.title}`, { max: 150 }), emoji: false },
      },
      {
        type: 'context',
        elements: [{ type: 'mrkdwn', text: `cluster ${code(cluster, 100)} · ${code(target, 400)}` }],
      },
      richText(
        line(
          ...(breakGlass ? [pen.mention(breakGlass.by)] : [words('Somebody')]),
          words(' goes on'),
          ...at,
          words(' in spite of:'),
        ),
        ...(spite.length > 0 ? [bullets(spite)] : []),
        ...all,
        line(title('Reason: '), pen.plain(breakGlass?.reason ?? '')),
        line(
          ...(told.length > 0
            ? [
                words('It is done once it is approved by '),
                ...told,
                words(': the plan is in the thread of the incident.'),
              ]
            : [words('Nobody may approve it now.')]),
        ),
      ),
    ],
  };
}
