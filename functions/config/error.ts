/** The configuration cannot be used as it is. The message names the file, the line and what to write instead. */
export class ConfigError extends Error {
  readonly code = 'CONFIG';
}
