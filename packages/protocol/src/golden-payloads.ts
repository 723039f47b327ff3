import { readFileSync } from 'node:fs';
import { z } from 'zod';

const names = z.array(z.string()).default([]);

const facts = z.strictObject({
  name: z.string(),
  jobId: z.string(),
  timeoutSeconds: z.number(),
  steps: names,
  image: z.string().optional(),
  services: names,
  cacheKeys: names,
  artifactTypes: names,
  downloads: names,
  secrets: names,
  environment: z.record(z.string(), z.string()).default({}),
  fileVariables: names,
  masked: names,
  outcome: z
    .strictObject({
      state: z.enum(['success', 'failed']),
      failureReason: z.string().optional(),
      exitCode: z.number(),
      traceHas: names,
      traceLacks: names,
    })
    .optional(),
});

/**
 * What a runner must make of a golden payload. `services` are image names, `downloads` ids of dependencies that have an archive,
 * `secrets` names of variables; `environment` holds expanded values, `masked` values that must not show. `outcome`: how the job
 * ends when its script is run as it stands (payload E needs a `make` target `test` that succeeds), and pieces of its trace.
 */
export type GoldenFacts = z.output<typeof facts>;

/** A body of `POST /api/v4/jobs/request`, word for word, and what must come of it. */
export interface GoldenPayload {
  readonly facts: GoldenFacts;
  readonly body: string;
}

/**
 * Six job payloads in the form of GitLab's runner API: minimal; image and services; cache, artifacts and dependencies; masked, file
 * and raw variables; after_script and exit code; secrets. For tests on both sides of the wire, so that they can't be wrong together.
 */
export function goldenPayloads(): readonly GoldenPayload[] {
  const all = z.array(facts).parse(JSON.parse(dataFile('facts.json')));
  return all.map((each) => ({ facts: each, body: dataFile(`${each.name}.json`) }));
}

function dataFile(name: string): string {
  return readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8');
}
