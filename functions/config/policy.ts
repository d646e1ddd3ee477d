import * as z from 'zod';
import { defaultLimits, type Weekday, weekdays } from '../../engine/acting/limits.ts';

const Group = z.strictObject({
  users: z.array(z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'a member id such as U0123456789, not a name')).default([]),
  userGroups: z
    .array(z.string().regex(/^S[A-Z0-9]{2,}$/, 'a user group id such as S0123456789, not its handle'))
    .default([]),
});

/** Who may have which fix applied. The first rule that fits holds; a fix no rule names gets no button. */
export const PolicyRule = z
  .strictObject({
    remedies: z.array(z.string().min(1)).min(1).meta({ description: 'Ids of fixes, RUNBOOK/FIX, or *' }),
    risks: z.array(z.enum(['none', 'low', 'medium', 'high'])).optional(),
    clusters: z.array(z.string()).optional(),
    channels: z
      .array(z.string().regex(/^[CGD][A-Z0-9]{2,}$/, 'a channel id such as C0123456789, not its name'))
      .optional()
      .meta({ description: 'Channel ids; absent: all of them' }),
    requesters: Group.optional().meta({ description: 'Who may ask; absent: every full member' }),
    approvers: Group.refine(({ users, userGroups }) => users.length + userGroups.length > 0, 'names nobody'),
    approvals: z.int().min(1).max(10).default(1).meta({ description: 'How many distinct people' }),
    requesterMayApprove: z.boolean().default(false),
    expiresAfterMinutes: z.int().min(1).max(1440).default(30),
    breakGlass: Group.optional().meta({
      description:
        'Who may go on although a freeze, a cool-down, the actions per hour, a storm or the last ready replica of a workload says no',
    }),
  })
  .refine(({ approvals, approvers }) => approvers.userGroups.length > 0 || new Set(approvers.users).size >= approvals, {
    error: 'more people than approvers names: it could never be approved',
    path: ['approvals'],
  })
  .refine((rule) => !asksAmongThemselves(rule) || new Set(rule.approvers.users).size > rule.approvals, {
    error:
      'too many: whoever may ask is an approver, and cannot approve what they asked for, so it could never be approved',
    path: ['approvals'],
  });

/** Nobody may ask but those who approve, and whoever asks may not approve. */
function asksAmongThemselves({ requesters, approvers, requesterMayApprove }: RuleOfPeople): boolean {
  if (requesterMayApprove || approvers.userGroups.length > 0) return false;
  if (!requesters || requesters.users.length === 0 || requesters.userGroups.length > 0) return false;
  return requesters.users.every((user) => approvers.users.includes(user));
}

interface RuleOfPeople {
  readonly requesters?: z.infer<typeof Group> | undefined;
  readonly approvers: z.infer<typeof Group>;
  readonly requesterMayApprove: boolean;
}

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00');
const date = z.iso.date({ error: 'a date such as 2026-12-24' });

const FreezeWindow = z
  .strictObject({
    name: z.string().min(1).max(80),
    timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as Europe/Berlin'),
    days: z.array(z.enum(weekdays)).min(1).optional(),
    from: time.default('00:00'),
    to: time.default('00:00'),
    firstDate: date.optional(),
    lastDate: date.optional(),
  })
  .refine(({ firstDate, lastDate }) => !firstDate || !lastDate || firstDate <= lastDate, {
    error: 'is before firstDate: this window would never be on',
    path: ['lastDate'],
  })
  .refine((window) => fallsOnADay(window), {
    error: 'none of these is between firstDate and lastDate: this window would never be on',
    path: ['days'],
  });

const DAY_MS = 86_400_000;

interface Dated {
  readonly days?: readonly Weekday[] | undefined;
  readonly firstDate?: string | undefined;
  readonly lastDate?: string | undefined;
}

/** Days and dates are those on which a window begins. */
function fallsOnADay({ days, firstDate, lastDate }: Dated): boolean {
  if (!days || !firstDate || !lastDate || firstDate > lastDate) return true;
  const first = Date.parse(firstDate);
  const count = Math.min(7, 1 + (Date.parse(lastDate) - first) / DAY_MS);
  const each = Array.from({ length: count }, (_, index) => new Date(first + index * DAY_MS).getUTCDay());
  return each.some((day) => days.some((name) => weekdays.indexOf(name) === day));
}

/** The limits a team sets itself; those it leaves out are Nightshift's. */
export const Limits = z.strictObject({
  readyNodesPercent: z.int().min(1).max(100).default(defaultLimits.readyNodesPercent),
  coolDownMinutes: z.int().min(0).max(1440).default(defaultLimits.coolDownMinutes),
  actionsPerHour: z.int().min(0).max(1000).default(defaultLimits.actionsPerHour),
  freeze: z.array(FreezeWindow).default([]),
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
