/** Who somebody is, as the chat workspace knows them. Everything but `member` may do nothing. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly standing: 'member' | 'guest' | 'bot' | 'outsider' | 'deactivated' | 'unknown';
}

/** The port to the workspace's directory. Throws `TryLater` when it cannot tell: then nobody may do anything. */
export interface People {
  person(id: string): Promise<Person>;
  /** Ids of the members of a user group; a group that does not exist or is disabled has none. */
  groupMembers(group: string): Promise<readonly string[]>;
}
