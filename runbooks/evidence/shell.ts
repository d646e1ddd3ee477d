/** A name as it may stand in a shell command: it came from an alert or a label, and may hold anything. */
export function word(name: string): string {
  return /^[A-Za-z0-9._/-]+$/.test(name) && !name.startsWith('-') ? name : quoted(name);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `ssh NODE 'command'`; a cluster without SSH uses its provider's console or session manager instead. */
export function onMachine({ name }: { readonly name: string }, command: string): string {
  return `ssh ${word(name)} ${quoted(command)}`;
}
