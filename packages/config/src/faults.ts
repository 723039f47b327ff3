import type { Finding, Path } from './finding.ts';

/** Tells whether something was found at a path, below it, or around it; findings about the document as a whole don't count. */
export function faultsIn(findings: readonly Finding[]): (path: Path) => boolean {
  const paths = findings.filter((finding) => finding.path.length > 0 && !isAboutTheName(finding)).flatMap(pathsOf);
  return (path) => paths.some((faulty) => isAround(faulty, path));
}

/** Where a mistyped key stands, and where it should. */
function pathsOf(finding: Finding): Path[] {
  return finding.meant === undefined ? [finding.path] : [finding.path, [...finding.path.slice(0, -1), finding.meant]];
}

/** Whether only the name of a runner is at fault, as the key of a map. */
export function isAboutTheName(finding: Finding): boolean {
  return finding.code === 'FR_CONFIG_RUNNER_NAME' && finding.path.length === 2;
}

function isAround(a: Path, b: Path): boolean {
  const length = Math.min(a.length, b.length);
  return a.slice(0, length).every((step, at) => step === b[at]);
}
