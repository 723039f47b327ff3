import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The built programs. `npm test` builds them first. */
export function builtProgram(name: string): string {
  const path = fileURLToPath(new URL(`../../dist/${name}.mjs`, import.meta.url));
  if (!existsSync(path)) throw new Error(`${path} is missing: run "npm run build" first`);
  return path;
}
