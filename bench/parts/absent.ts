import { type Program, pathOf } from '../../test/harness/programs.ts';

/** What a person has to install before this can be measured; `undefined` when everything is here. */
export function absentOf(programs: readonly Program[]): string | undefined {
  const complaints = programs.flatMap((program) => {
    try {
      pathOf(program);
      return [];
    } catch (absent) {
      return [absent instanceof Error ? absent.message : String(absent)];
    }
  });
  return complaints.length === 0 ? undefined : complaints.join('; ');
}
