export { FARGATE_SIZES, type FargateSize, isFargateSize, memorySizesFor } from './fargate-sizes.ts';
export {
  clientTokenOf,
  DEADLINE_CONTAINER,
  defaultWorkerFamilyOf,
  PROGRAM_NAME,
  shimFolderOf,
  startedByOf,
  STORE_KEYS,
  TASK_TAGS,
  TOOLBOX_SSH_PORT,
  WORKER_CONTAINER,
  WORKER_ENV,
  WORKER_SSH_PORT,
  workerFamilyOf,
} from './names.ts';
export { parseTokenSecret, type TokenSecret } from './token-secret.ts';
export { DEADLINE_EXIT_CODE, deadlineCommand, type WorkerDefinitionInput, workerTaskDefinition } from './worker-definition.ts';
