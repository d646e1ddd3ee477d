import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { init, parse } from 'es-module-lexer';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const sources = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs'], {
  cwd: root,
})
  .toString()
  .split('\n')
  // A file that was deleted stays in the index until the commit.
  .filter((file) => file !== '' && existsSync(join(root, file)));
const code = sources.filter((file) => /^(engine|runbooks|infra|functions)\//.test(file));
/** The page runs in a browser: it has its own world. */
const page = execFileSync('git', ['ls-files', 'infra/local/console/page'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(js|css|html)$/.test(file) && existsSync(join(root, file)));
const isPage = (file: string) => file.startsWith('infra/local/console/page/');

/** Every module a file names: value imports by a real lexer, type-only imports (which stripping removes) by their form. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const stripped = file.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
  const values = parse(stripped)[0].flatMap((found) =>
    'specifier' in found && found.specifier ? [found.specifier] : [],
  );
  const types = [...text.matchAll(/^\s*(?:import|export)\s+type\s[^;]*?from\s+'([^']+)'/gm)].flatMap(
    ([, name]) => name ?? [],
  );
  return [...new Set([...values, ...types])];
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
}

/** A file of ours, or the package's name. */
function resolved(file: string, specifier: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
}

function area(path: string): string {
  return path.split('/')[0] ?? '';
}

const ours = new Set(['engine', 'runbooks', 'infra', 'functions', 'test', 'bench']);

describe('the house', () => {
  beforeAll(() => init);

  it('sees value, type-only, dynamic and re-exporting imports', () => {
    expect(importsOf('functions/report-json.ts')).toEqual(['../engine/report.ts']);
    expect(importsOf('engine/scope.ts')).toContain('./budget.ts');
    expect(importsOf('functions/nightshift.mjs')).toContain('node:child_process');
  });

  it('keeps its import rule: functions → infra, runbooks, engine; infra → engine; runbooks → engine; engine → zod', () => {
    const allowed: Record<string, readonly string[]> = {
      engine: ['engine'],
      runbooks: ['runbooks', 'engine'],
      infra: ['infra', 'engine'],
      functions: ['functions', 'infra', 'runbooks', 'engine'],
    };
    const wrong = code.flatMap((file) =>
      importsOf(file)
        .map((name) => resolved(file, name))
        .filter((name) => ours.has(area(name)) && !allowed[area(file)]?.includes(area(name)))
        .map((name) => `${file} → ${name}`),
    );

    expect(wrong).toEqual([]);
  });

  it('lets engine and runbooks import nothing from outside but zod (and node:crypto, in the engine)', () => {
    const outside = code
      .filter((file) => area(file) === 'engine' || area(file) === 'runbooks')
      .flatMap((file) => importsOf(file).map((name) => ({ file, name: resolved(file, name) })))
      .filter(({ name }) => !ours.has(area(name)) && name !== 'zod')
      .filter(({ file, name }) => !(area(file) === 'engine' && name === 'node:crypto'));

    expect(outside).toEqual([]);
  });

  it('lets no runbook import another runbook', () => {
    const crossing = code
      .filter((file) => area(file) === 'runbooks' && file.split('/').length > 2)
      .flatMap((file) => importsOf(file).map((name) => ({ file, name: resolved(file, name) })))
      .filter(({ name }) => area(name) === 'runbooks')
      .filter(({ file, name }) => name.split('/')[1] !== file.split('/')[1] && name.split('/')[1] !== 'evidence');

    expect(crossing).toEqual([]);
  });

  it('reads process.env in one file for each place to run', () => {
    const readers = code.filter((file) => /process\.env/.test(readFileSync(join(root, file), 'utf8')));

    expect(readers.toSorted()).toEqual(['functions/compose.ts', 'functions/lambda/environment.ts']);
  });

  it('has no file over 300 lines', () => {
    const long = [...sources, ...page]
      .filter((file) => !/recorded|\.generated\./.test(file))
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
      .filter(({ lines }) => lines > 301);

    expect(long).toEqual([]);
  });

  it('has no any, no default export, no enum, no namespace, no ts-ignore', () => {
    const banned =
      /:\s*any\b|\bas any\b|<any>|^export default|^\s*(?:export )?(?:const )?enum\s|^\s*(?:export )?namespace\s+\w+\s*\{|@ts-ignore/m;
    const guilty = sources
      .filter((file) => file !== 'vitest.config.ts' && file !== 'test/architecture.test.ts' && !isPage(file))
      .filter((file) => banned.test(withoutComments(readFileSync(join(root, file), 'utf8'))));

    expect(guilty).toEqual([]);
  });

  it('imports zod as a namespace, which bundles to a fifth of the size', () => {
    const guilty = code.filter((file) =>
      /import\s*\{[^}]*\bz\b[^}]*\}\s*from 'zod'/.test(readFileSync(join(root, file), 'utf8')),
    );

    expect(guilty).toEqual([]);
  });
});
