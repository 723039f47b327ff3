import type { Environment } from '@fargate-gitlab-runner/config';
import type { Clock } from '@fargate-gitlab-runner/kernel';
import type { Output } from '../output.ts';
import type { Interruption } from '../signals.ts';
import type { Terminal } from '../terminal.ts';
import type { VariableSources } from './given-variables.ts';

/** What the command line says about a pipeline. */
export interface PipelineRequest {
  readonly directory: string;
  readonly file: string;
  /** Jobs to run, with what they need; empty: all. */
  readonly jobs: readonly string[];
  readonly variables: VariableSources;
  /** Values for `spec:inputs`, each `NAME=VALUE`. */
  readonly inputs: readonly string[];
  /** `CI_PIPELINE_SOURCE`. */
  readonly source: string;
  /** The branch, or else the tag, that the pipeline sees. */
  readonly ref?: string;
  readonly tag?: string;
}

/** What the command line says about running it. */
export interface RunRequest {
  readonly config?: string;
  readonly worker: 'ssh2' | 'sshd';
  readonly concurrency?: number;
  /** Manual jobs to play, by name, or all of them. */
  readonly manual: readonly string[];
  readonly isEveryManualPlayed: boolean;
  /** `auto`: live where the terminal can show it and there is more than one job. */
  readonly view: 'auto' | 'live' | 'plain';
}

/** The world around local mode. */
export interface LocalSurroundings {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly output: Output;
  readonly interruption: Interruption;
  /** Undefined where there is none, or where it can't draw. */
  readonly terminal: Terminal | undefined;
  /** Asks a person and resolves with the answer; undefined where nobody sits there. */
  readonly question: ((text: string, signal: AbortSignal) => Promise<string>) | undefined;
  /** Calls back before the process ends in any way; returns how to stop that. */
  readonly beforeExit: (restore: () => void) => () => void;
  readonly suspend: () => Promise<void>;
}
