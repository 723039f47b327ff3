/** How the bytes of an artifact are packed. */
export type ArtifactFormat = 'zip' | 'gzip' | 'raw';

const TYPES_OF = {
  zip: ['archive', 'lsif', 'scip'],
  gzip: [
    'metadata',
    'junit',
    'metrics',
    'metrics_referee',
    'network_referee',
    'dotenv',
    'cobertura',
    'jacoco',
    'cluster_applications',
    'cyclonedx',
    'annotations',
    'repository_xray',
  ],
  raw: [
    'trace',
    'sast',
    'secret_detection',
    'dependency_scanning',
    'container_scanning',
    'cluster_image_scanning',
    'dast',
    'license_scanning',
    'accessibility',
    'codequality',
    'performance',
    'browser_performance',
    'load_performance',
    'terraform',
    'requirements',
    'requirements_v2',
    'coverage_fuzzing',
    'api_fuzzing',
    'sarif',
  ],
} as const satisfies Record<ArtifactFormat, readonly string[]>;

/** The one format that GitLab accepts for each `artifact_type`. */
export const FORMAT_OF: ReadonlyMap<string, ArtifactFormat> = new Map([
  ...TYPES_OF.zip.map((type) => [type, 'zip'] as const),
  ...TYPES_OF.gzip.map((type) => [type, 'gzip'] as const),
  ...TYPES_OF.raw.map((type) => [type, 'raw'] as const),
]);

/** What is wrong with the kind of an upload, in GitLab's words; undefined when it may be stored. */
export function kindRefusal(type: string, format: string): string | undefined {
  const expected = FORMAT_OF.get(type);
  if (!expected) return 'artifact_type does not have a valid value';
  if (format !== 'zip' && format !== 'gzip' && format !== 'raw') return 'artifact_format does not have a valid value';
  return format === expected ? undefined : 'Invalid file format with specified file type';
}
