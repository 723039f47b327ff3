/** Port: what the job records say about tasks. It is made over the job store in main.ts, because the fleet knows no store. */
export interface RecordClaims {
  /** The id of the store as it is now. Another one than at the start means that other records lie where ours did. */
  storeId(): Promise<string>;
  /** What all records claim together. Throws when the store can't be read. */
  all(): Promise<ClaimSight>;
  /** Whether the record of this job, read anew, names this placement. Throws when that can't be said. */
  holds(jobId: string, placementId: string): Promise<boolean>;
  /**
   * Task definitions that recorded requests name: families, revisions or ARNs. Every record is read for it, those of jobs that are driven
   * here included. Throws when one of them can't be.
   */
  taskDefinitions(): Promise<ReadonlySet<string>>;
}

/** What was seen of the records at one moment. */
export interface ClaimSight {
  /** How many there are of jobs that are not over, those included that can't be decoded. */
  readonly records: number;
  /** Ids of every placement that a record names. */
  readonly placements: ReadonlySet<string>;
  /** Jobs that claim whatever task bears their id: they are driven here, or their record can't be decoded. */
  readonly knownJobs: ReadonlySet<string>;
}
