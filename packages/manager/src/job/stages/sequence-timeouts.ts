import type { ScriptTimeouts } from '../../shell/script-timeouts.ts';
import type { JobRecord } from '../../store/job-record.ts';
import { jobTimeoutS } from '../drive/runner-facts-of.ts';
import type { SequenceFacts } from './stage-sequence.ts';

/** The timeouts that the sequence words its endings with, in seconds. */
export function sequenceTimeouts(record: JobRecord, { scriptMs, afterScriptMs }: ScriptTimeouts): Omit<SequenceFacts, 'isCanceled'> {
  const scriptTimeoutS = scriptMs !== undefined && { scriptTimeoutS: Math.ceil(scriptMs / 1000) };
  return { timeoutS: jobTimeoutS(record), afterScriptTimeoutS: Math.ceil(afterScriptMs / 1000), ...scriptTimeoutS };
}
