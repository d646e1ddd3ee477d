/** The value of a flag in a command line: one dash or two, with `=` or as the next word; of several the last counts (Go's flag packages). */
export function flagIn(line: readonly string[], flag: string): string | undefined {
  const at = line.findLastIndex((word) => new RegExp(`^--?${flag}(=|$)`).test(word));
  const word = line[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : (line[at + 1] ?? '');
}

/** A flag of Go's pflag that is true or false: set alone it is true, and the next word is not its value. */
export function switchIn(line: readonly string[], flag: string): string | undefined {
  const word = line.findLast((one) => new RegExp(`^--?${flag}(=|$)`).test(one));
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(word.indexOf('=') + 1) : 'true';
}
