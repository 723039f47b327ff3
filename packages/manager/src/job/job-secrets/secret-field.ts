import { Secret } from '@fargate-gitlab-runner/kernel';

/**
 * What a flat JSON secret has in this field, as text; `cause` says why that can't be, and nothing of the secret. Source: GitLab runner,
 * AWS Secrets Manager.
 */
export function secretField(secret: Secret, field: string): { readonly value: Secret } | { readonly cause: string } {
  const parsed = parsedObject(secret.reveal());
  if (!parsed) return { cause: 'the secret is no JSON object, so it has no fields' };
  const value = Object.hasOwn(parsed, field) ? parsed[field] : undefined;
  const name = JSON.stringify(field);
  if (value === undefined) return { cause: `the secret has no field ${name}` };
  if (typeof value === 'object') return { cause: `the field ${name} is neither text nor a number nor true or false` };
  return { value: new Secret(String(value)) };
}

/** The parser's own message would quote the secret. */
function parsedObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
