/** The environment for git in tests: without the settings of whoever runs them, who may sign commits or have hooks. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
}
