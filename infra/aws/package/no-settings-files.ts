import type { Plugin } from 'esbuild';

/**
 * The AWS SDK looks for settings in `~/.aws/config` and `~/.aws/credentials`, for each setting it was not given. In a
 * function there are no such files: what would read them, and all of `fs/promises` with it, is left out.
 */
export const noSettingsFiles: Plugin = {
  name: 'no-settings-files',
  setup(build) {
    build.onLoad({ filter: /shared-ini-file-loader\/loadSharedConfigFiles\.js$/ }, () => ({
      contents: `
        export { CONFIG_PREFIX_SEPARATOR } from './constants';
        export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });`,
      loader: 'js',
    }));
  },
};
