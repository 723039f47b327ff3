import * as z from 'zod';
import { patterned } from './patterned.ts';
import { wholeNumber } from './whole-number.ts';
import { yesOrNo } from './yes-or-no.ts';

const oneLine = (longest: number) => patterned(new RegExp(`^[ -~\\u00a0-\\uffff]{1,${longest}}$`), 'FR_CONFIG_REGISTRATION');

/**
 * What a runner is registered with when its token is a registration token. Limits: GitLab runner API, `POST /runners`; the defaults are
 * those of the official runner's command.
 */
export const registrationSchema = z.strictObject({
  description: oneLine(255).optional().meta({
    description: 'What GitLab calls the runner. Left out: gitlab_runner_name_prefix, "_" and the name of the runner.',
  }),
  maintenance_note: oneLine(1024).optional().meta({ description: 'Note for the administrators of the GitLab.' }),
  locked: yesOrNo().default(true).meta({ description: 'Whether the runner stays with the project it was registered for.' }),
  paused: yesOrNo().default(false).meta({ description: 'Whether the runner begins paused.' }),
  access_level: z.enum(['not_protected', 'ref_protected'], 'FR_CONFIG_VALUE').optional().meta({
    description: 'Whether the runner takes only jobs of protected branches and tags. Left out: GitLab decides.',
  }),
  maximum_timeout: wholeNumber(600, 2_592_000).optional().meta({ description: 'Longest time of a job in seconds. Left out: no limit.' }),
});
