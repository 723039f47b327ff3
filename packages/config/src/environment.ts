/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment of this process, as a frozen copy. This is the only file that looks at it; everything else is handed what it needs.
 */
export function processEnvironment(): Environment {
  return Object.freeze({ ...process.env });
}

/** Switches off the AWS SDK's notice about the age of Node 20, for this process; see docs/reference/command-line.md. */
export function quietAwsSdkNotice(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
}
