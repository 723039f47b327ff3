/** How the runner packs a report of each kind, and how GitLab calls the file. */
export const REPORT_FORMATS: Readonly<Record<string, { readonly format: 'gzip' | 'raw' | 'zip'; readonly name: string }>> = {
  accessibility: { format: 'raw', name: 'gl-accessibility.json' },
  annotations: { format: 'raw', name: 'gl-annotations.json' },
  api_fuzzing: { format: 'raw', name: 'gl-api-fuzzing-report.json' },
  browser_performance: { format: 'raw', name: 'browser-performance.json' },
  cluster_image_scanning: { format: 'raw', name: 'gl-cluster-image-scanning-report.json' },
  codequality: { format: 'raw', name: 'gl-code-quality-report.json' },
  container_scanning: { format: 'raw', name: 'gl-container-scanning-report.json' },
  coverage_fuzzing: { format: 'raw', name: 'gl-coverage-fuzzing.json' },
  cyclonedx: { format: 'gzip', name: 'gl-sbom.cdx.json' },
  dast: { format: 'raw', name: 'gl-dast-report.json' },
  dependency_scanning: { format: 'raw', name: 'gl-dependency-scanning-report.json' },
  dotenv: { format: 'gzip', name: '.env' },
  junit: { format: 'gzip', name: 'junit.xml' },
  license_scanning: { format: 'raw', name: 'gl-license-scanning-report.json' },
  load_performance: { format: 'raw', name: 'load-performance.json' },
  lsif: { format: 'zip', name: 'lsif.json' },
  metrics: { format: 'gzip', name: 'metrics.txt' },
  performance: { format: 'raw', name: 'performance.json' },
  repository_xray: { format: 'gzip', name: 'gl-repository-xray.json' },
  requirements: { format: 'raw', name: 'requirements.json' },
  requirements_v2: { format: 'raw', name: 'requirements_v2.json' },
  sast: { format: 'raw', name: 'gl-sast-report.json' },
  secret_detection: { format: 'raw', name: 'gl-secret-detection-report.json' },
  terraform: { format: 'raw', name: 'tfplan.json' },
};

/** The kinds that `coverage_report` names by its format. */
export const COVERAGE_FORMATS: typeof REPORT_FORMATS = {
  cobertura: { format: 'gzip', name: 'cobertura-coverage.xml' },
  jacoco: { format: 'gzip', name: 'jacoco-coverage.xml' },
};
