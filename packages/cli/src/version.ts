/** The version and revision of this build. The build puts them in; running from source says so. */
export const VERSION = { version: '0.1.0', revision: 'HEAD' } as const;
