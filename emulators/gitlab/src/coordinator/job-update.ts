import type { JsonValue } from '../wire/json-text.ts';

/** One `PUT /jobs/:id` as it was received, with the answer it got. */
export interface JobUpdate {
  /** Wall time in milliseconds. */
  readonly at: number;
  readonly state: string;
  readonly failureReason?: string;
  readonly exitCode?: number;
  readonly checksum?: string;
  readonly bytesize?: number;
  /** The whole body. */
  readonly body: JsonValue;
  /** Status of the answer. */
  readonly answered: number;
}
