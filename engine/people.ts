/** Who somebody is, as the chat workspace knows them. Everything but `member` may do nothing. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly standing: 'member' | 'guest' | 'bot' | 'outsider' | 'deactivated' | 'unknown';
}

/** How old an answer may be. `remembered`: of the last minute, for what is only shown; absent: asked now. */
export interface Freshness {
  readonly remembered?: boolean;
}

/** The port to the workspace's directory. Throws `TryLater` when it cannot tell: then nobody may do anything. */
export interface People {
  person(id: string, how?: Freshness): Promise<Person>;
  /** Ids of the members of a user group; a group that does not exist or is disabled has none. */
  groupMembers(group: string, how?: Freshness): Promise<readonly string[]>;
}

/** For what is only shown: whoever decides is looked up when they do. */
export function remembered(people: People): People {
  return {
    person: (id) => people.person(id, { remembered: true }),
    groupMembers: (group) => people.groupMembers(group, { remembered: true }),
  };
}
