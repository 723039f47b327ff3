/** What the reaper tells: fleet makes these events, telemetry hears them, and neither knows the other. Durations are seconds. */
export type ReaperEvent =
  /** A task of ours that no record claims was seen for the first time; it is judged again after a full interval. */
  | {
      readonly name: 'reaper.marked';
      readonly taskArn: string;
      readonly jobId: string;
      readonly placementId: string;
    }
  /** A task was stopped, or in a dry run would have been; `why` also stands in its stoppedReason. */
  | {
      readonly name: 'reaper.stopped';
      readonly taskArn: string;
      readonly jobId: string;
      readonly placementId: string;
      readonly why: string;
      readonly unclaimedSeconds: number;
      readonly isDryRun: boolean;
    }
  /** A task could not be stopped; the next look tries again. */
  | { readonly name: 'reaper.failed'; readonly taskArn: string; readonly cause: string }
  /** A look at the records or at a cluster came to nothing: nothing is stopped on its account. */
  | { readonly name: 'reaper.blind'; readonly of: string; readonly cause: string }
  /** An unused derived task definition was taken out of use, or in a dry run would have been. */
  | { readonly name: 'reaper.deregistered'; readonly taskDefinitionArn: string; readonly isDryRun: boolean };
