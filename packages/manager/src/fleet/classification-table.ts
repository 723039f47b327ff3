import type { ClassificationRow } from './classification/classification-row.ts';
import { EXCEPTIONS } from './classification/exceptions.ts';
import { RUN_TASK_FAILURES } from './classification/run-task-failures.ts';
import { SSH_FAILURES } from './classification/ssh-failures.ts';
import { STOPS } from './classification/stops.ts';

/** The one table of everything that can keep a job from its worker. Source: ECS API reference and developer guide (2026); see the examples. */
export const CLASSIFICATION: readonly ClassificationRow[] = [...RUN_TASK_FAILURES, ...STOPS, ...EXCEPTIONS, ...SSH_FAILURES];
