import type { Path } from '../finding.ts';
import { capacityItemSchema } from './capacity-schema.ts';
import { documentSchema } from './document-schema.ts';
import { registrationSchema } from './registration-schema.ts';
import { runnerSchema } from './runner-schema.ts';
import { sectionSchemas } from './section-schemas.ts';

/** The keys that a map at this path may have; none where any key will do. */
export function knownKeys(path: Path): string[] {
  const [first, , third] = path;
  if (first === undefined) return Object.keys(documentSchema.shape);
  if (first === 'managers_configs') return runnerKeys(third);
  return Object.entries(sectionSchemas)
    .filter(([section]) => section === first)
    .flatMap(([, schema]) => Object.keys(schema.unwrap().shape));
}

function runnerKeys(key: string | number | undefined): string[] {
  if (key === undefined) return Object.keys(runnerSchema.shape);
  if (key === 'registration') return Object.keys(registrationSchema.shape);
  return key === 'worker_capacity' || key === 'worker_capacity_fallback' ? Object.keys(capacityItemSchema.shape) : [];
}
