import { isExportable } from './exportable.ts';
import { jobFiles } from './job-files.ts';
import { quote } from './quoting.ts';
import type { ScriptContext } from './script-context.ts';

/**
 * Body of `cleanup_file_variables`: removes every file that the stages wrote beside the checkout. It exports nothing, so that no
 * variable of the job (PATH, say) can keep it from its work. Files that the author put there stay.
 */
export function cleanupFileVariables(context: ScriptContext): string[] {
  const { tmpDir } = context.directories;
  const keys = new Set(context.variables.filter(({ key, isFile }) => isFile && isExportable(key)).map(({ key }) => key));
  const paths = [...Object.values<string>({ ...jobFiles(tmpDir) }), ...[...keys].map((key) => `${tmpDir}/${key}`)];
  return [...paths.map((path) => `rm -rf ${quote(path)}`), `rmdir ${quote(tmpDir)} 2> /dev/null || true`];
}
