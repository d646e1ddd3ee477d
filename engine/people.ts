/** Who somebody is, as the chat workspace knows them. Everything but `member` may do nothing. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly standing: 'member' | 'guest' | 'bot' | 'outsider' | 'deactivated' | 'unknown';
}

/** How old an answer may be, and how long it is waited for. */
export interface Freshness {
  /** Of the last minute will do: for what is only shown, or is under way. */
  readonly remembered?: boolean;
  /** Asked no earlier than this, and within the last minute. Without either: asked now. */
  readonly since?: Date;
  /** While the directory takes no more questions. Absent: it is asked whatever it said before. */
  readonly patience?: Patience;
}

export interface Patience {
  readonly until: Date;
  /** Before those who only press a button. */
  readonly goesFirst?: boolean;
  /** Aborted: whoever waits waits no longer. */
  readonly stopping?: AbortSignal | undefined;
}

/** The port to the workspace's directory. Throws `TryLater` when it cannot tell: then nobody may do anything. */
export interface People {
  person(id: string, how?: Freshness): Promise<Person>;
  /** Ids of the members of a user group; a group that does not exist or is disabled has none. */
  groupMembers(group: string, how?: Freshness): Promise<readonly string[]>;
}

/** The same directory, whose every question is asked like this. */
export function askedLike(people: People, how: Freshness): People {
  return {
    person: (id) => people.person(id, how),
    groupMembers: (group) => people.groupMembers(group, how),
  };
}

const NO_PATIENCE: Patience = { until: new Date(0) };

/** For what is only shown: whoever decides is looked up when they do. */
export function remembered(people: People): People {
  return askedLike(people, { remembered: true, patience: NO_PATIENCE });
}
