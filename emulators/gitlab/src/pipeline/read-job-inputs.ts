import { ConfigHash } from './config-hash.ts';
import type { JobInput } from './pipeline.ts';
import { declaration } from './spec-inputs.ts';

/** `inputs` of a job: each has the value that it declares as default, for nobody is asked here. */
export function readJobInputs(job: ConfigHash): readonly JobInput[] {
  const hash = job.hash('inputs');
  if (!hash) return [];
  return [...hash.entries].flatMap(([key, { at, value }]) => {
    const input = ConfigHash.of(value, `${hash.place}:${key}`, hash.complaints);
    const declared = input && declaration(key, at, input);
    if (!declared) return [];
    if (declared.standard === undefined) {
      hash.complaints.invalid(at, ' config missing required keys: default', `${hash.place}:${key}`);
      return [];
    }
    return [{ key, type: declared.type, value: declared.standard }];
  });
}
