import * as z from 'zod';
import { AWS_REGION } from './aws-arn.ts';
import { bucketName } from './bucket-name.ts';
import { filePath } from './file-path.ts';
import { objectPrefix } from './object-prefix.ts';
import { patterned } from './patterned.ts';
import { endpointUrl } from './url-fields.ts';

/** A KMS key as SSE-KMS takes it: an ARN of a key or an alias, a key id, or an alias. */
const KMS_KEY = /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[\w/-]+|alias\/[\w/-]+|(mrk-)?[0-9a-f-]{32,36})$/;

/**
 * The job store. Which keys go with which kind is a cross-check's business, so that a key of the other kind is told apart from a
 * mistyped one. Source of the rules for names: Amazon S3 user guide, "General purpose bucket naming rules", "Naming Amazon S3 objects".
 */
export const storeSchema = z
  .strictObject({
    kind: z
      .enum(['directory', 's3'], 'FR_CONFIG_VALUE')
      .default('directory')
      .meta({ description: 'Where job records live. On ECS it must be s3.' }),
    path: filePath()
      .optional()
      .meta({ description: 'directory: the folder; relative to the file. Left out: /var/lib/fargate-gitlab-runner.' }),
    bucket: bucketName()
      .optional()
      .meta({ description: 's3, required: a bucket of its own, without versioning, that only managers may touch.' }),
    prefix: objectPrefix().optional().meta({ description: 's3: what every key begins with. Left out: nothing.' }),
    region: patterned(AWS_REGION, 'FR_CONFIG_REGION').optional().meta({ description: 's3, required: the region of the bucket.' }),
    kms_key: patterned(KMS_KEY, 'FR_CONFIG_KMS_KEY')
      .optional()
      .meta({ description: "s3: the KMS key that encrypts the records. Left out: the bucket's own encryption." }),
    endpoint: endpointUrl().optional().meta({ description: 's3: address of S3. Left out: that of AWS for the region.' }),
    credentials: z.enum(['ambient', 'local'], 'FR_CONFIG_VALUE').optional().meta({
      description:
        's3: ambient (what the AWS SDK finds, the default), or local: fixed ones without worth, for an emulator on a loopback endpoint.',
    }),
  })
  .prefault({})
  .meta({ description: 'The job store. Managers that take over from one another share it.' });

/** The store section as it has passed the schema. */
export type ParsedStore = z.output<typeof storeSchema>;
