import { quote } from './quoting.ts';
import { say } from './say.ts';

/**
 * The author's commands, each printed in green before it runs: a command of several lines by its first line and a mark, an empty one
 * as an empty line. White space around a command is dropped.
 */
export function userCommands(commands: readonly string[]): string[] {
  return commands.map((command) => command.trim()).flatMap((command) => [echoed(command), command]);
}

function echoed(command: string): string {
  if (command === '') return `printf '%s\\n' ${quote('')}`;
  const [first = '', ...rest] = command.split('\n');
  return say.notice(rest.length === 0 ? `$ ${command}` : `$ ${first} # collapsed multi-line command`);
}
