export type { Config, Timing } from './config.ts';
export { defineConfig } from './define-config.ts';
export { documentOf } from './document-of.ts';
export { type Environment, processEnvironment } from './environment.ts';
export { type LoadOptions, type LoadResult, load } from './load.ts';
export { isConfigCode, PROBLEM_CODES, type ProblemCode } from './problem-codes.ts';
export { renderReport } from './report.ts';
export type { CapacityConfig, RunnerConfig, WorkerConfig } from './runner-config.ts';
export { type ConfigDocument, documentSchema } from './schema/document-schema.ts';
