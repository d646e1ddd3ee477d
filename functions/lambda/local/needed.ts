import { ConfigError } from '../../config/error.ts';

/** Of the modules that only whoever develops has. Throws what to do about a missing one; rethrows everything else. */
export function withoutDevelopmentPackages(failure: unknown): never {
  const missing = failure instanceof Error && 'code' in failure && /^(ERR_)?MODULE_NOT_FOUND$/.test(`${failure.code}`);
  if (!missing) throw failure;
  const [, name = 'a package'] = /Cannot find (?:package|module) '([^']+)'/.exec(failure.message) ?? [];
  throw new ConfigError(
    `${name} is not installed. npm run lambda:local needs the development packages too (dynalite, fauxqs, esbuild, ` +
      'fflate): run npm ci, without --omit=dev.',
  );
}
