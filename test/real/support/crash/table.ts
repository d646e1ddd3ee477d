/** What became of one remedy that was killed at one step. */
export interface Cell {
  readonly verb: string;
  readonly step: string;
  /** `lost`: it neither ended nor says that nobody knows. */
  readonly fate: 'applied' | 'partly-applied' | 'unknown' | 'lost';
  /** A request reached the cluster more than once. */
  readonly twice: boolean;
}

/** Classes down, steps across; in each cell how many kills ended how: `12a 1u` is applied 12 times, unknown once. */
export function tableOf(cells: readonly Cell[]): string {
  const steps = [...new Set(cells.map(({ step }) => step))];
  const rows = [...Map.groupBy(cells, ({ verb }) => verb)].map(([verb, own]) => [
    verb,
    ...steps.map((step) => counts(own.filter((cell) => cell.step === step))),
    counts(own),
  ]);
  const table = [['killed', ...steps, 'all'], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  const lines = table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...lines,
    `${cells.length} kills: ${cells.filter(({ twice }) => twice).length} done twice, ${cells.filter(({ fate }) => fate === 'lost').length} lost`,
    'a: applied in the end, p: stopped between two steps and said so, u: left to a person, l: lost',
  ].join('\n');
}

function counts(cells: readonly Cell[]): string {
  const parts = (['applied', 'partly-applied', 'unknown', 'lost'] as const).flatMap((fate) => {
    const count = cells.filter((cell) => cell.fate === fate).length;
    return count > 0 ? [`${count}${fate[0]}`] : [];
  });
  return parts.join(' ') || '-';
}
