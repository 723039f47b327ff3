import { object, optional, type Shaped, text, yesNo } from '../wire/shape.ts';

/** A variable as the job payload carries it. */
export const jobVariable = object({
  key: text,
  value: text,
  public: optional(yesNo),
  masked: optional(yesNo),
  file: optional(yesNo),
  raw: optional(yesNo),
});

/** A variable as the job payload carries it. `public` and `masked` are false when absent. */
export type JobVariable = Shaped<typeof jobVariable>;
