declare const BUILD_VERSION: string | undefined;
declare const BUILD_REVISION: string | undefined;

/** The version and revision of this build. The build puts them in; running from source says so. */
export const VERSION = {
  version: typeof BUILD_VERSION === 'string' ? BUILD_VERSION : '0.0.0',
  revision: typeof BUILD_REVISION === 'string' ? BUILD_REVISION : 'source',
};
