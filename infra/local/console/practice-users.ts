/** Somebody of the practice workspace, as `users.info` knows them. */
export interface Person {
  readonly id: string;
  /** The handle, as in `@requester`. */
  readonly name: string;
  readonly realName: string;
  readonly isBot: boolean;
  /** Of another workspace, when the channel is shared with it. */
  readonly teamId?: string;
  readonly isGuest?: boolean;
}

/** Whom a person at the page can be, to try what a policy lets each of them do. */
export interface PracticeUser extends Person {
  /** What is particular about them, in a line of the menu. */
  readonly about: string;
}

/** Their ids, for a policy that names them. */
export const practiceUsers = {
  requester: 'U0ONCALL01',
  approver: 'U0APPROVE1',
  secondApprover: 'U0APPROVE2',
  guest: 'U0GUEST001',
  outsider: 'U0OUTSIDER',
  bot: 'U0DEPLOY01',
} as const;

/** The user group of the approvers. */
export const practiceApprovers = 'S0ONCALL';

/** The first of them is at the page when it opens. */
export const people: readonly [PracticeUser, ...PracticeUser[]] = [
  {
    id: practiceUsers.requester,
    name: 'requester',
    realName: 'Rosa Requester',
    isBot: false,
    about: 'On call; in no group of approvers',
  },
  {
    id: practiceUsers.approver,
    name: 'approver',
    realName: 'Ada Approver',
    isBot: false,
    about: `In the user group ${practiceApprovers}`,
  },
  {
    id: practiceUsers.secondApprover,
    name: 'second-approver',
    realName: 'Abel Approver',
    isBot: false,
    about: `In the user group ${practiceApprovers} too`,
  },
  {
    id: practiceUsers.guest,
    name: 'guest',
    realName: 'Gus Guest',
    isBot: false,
    isGuest: true,
    about: 'A guest of the workspace (is_restricted)',
  },
  {
    id: practiceUsers.outsider,
    name: 'outsider',
    realName: 'Otto Outsider',
    isBot: false,
    teamId: 'T0ELSEWHERE',
    about: 'Of another workspace that shares the channel',
  },
  {
    id: practiceUsers.bot,
    name: 'deploy-bot',
    realName: 'Deploy Bot',
    isBot: true,
    about: 'Another app; a real one cannot press buttons',
  },
];
