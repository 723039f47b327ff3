import type { Ending, RecordedStage } from '../../store/job-record.ts';

/**
 * What a job has come to. `stages`: all its runs, to be recorded in one write with the ending, so that no successor finds the one without the
 * other. `remark`: what its log says before the last line.
 */
export interface JobEnd {
  readonly ending: Ending;
  readonly stages?: readonly RecordedStage[];
  readonly remark?: string;
}
