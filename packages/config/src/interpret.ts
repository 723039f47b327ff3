import { type Problem, Secret } from '@fargate-gitlab-runner/kernel';
import type { Config } from './config.ts';
import { crossCheck } from './cross-checks/all-checks.ts';
import { findPlaceholders } from './cross-checks/placeholders.ts';
import { draftOf } from './draft-of.ts';
import type { Environment } from './environment.ts';
import { faultsIn } from './faults.ts';
import type { Finding } from './finding.ts';
import { normalise } from './normalise.ts';
import { PROBLEM_CODES } from './problem-codes.ts';
import { problemsOf } from './problem-of.ts';
import { runnerEntriesOf } from './runner-entries.ts';
import { documentSchema, type DraftRunner, type ParsedDocument } from './schema/document-schema.ts';
import { findingsOfIssue } from './schema/findings-of-issue.ts';
import type { Source } from './source.ts';
import { type AssignedTokens, assignSupplied, assignTokens } from './tokens/assign-tokens.ts';
import { tokenInputOf } from './tokens/token-input.ts';
import { withoutBlanks } from './without-blanks.ts';

/** A document made into a configuration, or all that keeps it from being one. */
export type Interpretation =
  | { readonly kind: 'config'; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

/** What `interpret` may know besides the document. */
export interface InterpretOptions {
  readonly env: Environment;
  /** Tokens by runner name that the caller has in hand; or none at all, where nobody will talk to GitLab. Left out: looked for. */
  readonly tokens?: ReadonlyMap<string, Secret> | 'not needed';
  /** Whether the document must say all that a deployment needs. Left out: whether it names the cluster of the managers. */
  readonly isDeployment?: boolean;
}

/** What judging came to: the document, where the schema takes it, and everything that was found. */
export interface Judgement {
  readonly document: ParsedDocument | undefined;
  readonly tokens: AssignedTokens['tokens'];
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Judges a document, and normalises it when nothing is wrong. */
export function interpret(source: Source, options: InterpretOptions): Interpretation {
  const { document, tokens, errors, warnings } = judge(source, options);
  if (errors.length > 0 || !document) return { kind: 'invalid', problems: errors, warnings };
  return { kind: 'config', config: normalise(document, source.folder, (runner) => tokens.get(runner) ?? new Secret('')), warnings };
}

/** Judges a document by the schema, the cross-checks and its tokens, all in one go. */
export function judge(source: Source, options: InterpretOptions): Judgement {
  const document = withoutBlanks(source.value);
  const parsed = documentSchema.safeParse(document);
  const schemaFindings = schemaFindingsOf(document, parsed.error?.issues ?? []);
  const draft = draftOf(document, schemaFindings);
  const runners = runnerEntriesOf(draft.managers_configs ?? {});
  const isExplained = faultsIn([...source.findings, ...schemaFindings.filter((finding) => finding.meant !== undefined)]);
  const isFaulty = faultsIn([...source.findings, ...schemaFindings]);
  const isOnEcs = Boolean(options.env.ECS_CONTAINER_METADATA_URI_V4);
  const input = tokenInputOf(source, options.env);
  const { tokens, findings: tokenFindings, suspects } = tokensFor(runners, options, input);
  const findings = [
    ...source.findings,
    ...schemaFindings.filter((finding) => finding.code !== 'FR_CONFIG_MISSING_KEY' || !isExplained(finding.path)),
    ...crossCheck({ draft, runners, folder: source.folder, isOnEcs, isFaulty, isDeployment: options.isDeployment ?? false }),
    ...tokenFindings,
    ...findPlaceholders(document).filter((finding) => !isFaulty(finding.path)),
  ];
  return { document: parsed.data, tokens, ...told(findings, source, [...input.secrets, ...suspects]) };
}

/** Findings as problems, those that stop the start apart from those that don't. */
export function told(
  findings: readonly Finding[],
  source: Source | undefined,
  secrets: readonly string[],
): { errors: Problem[]; warnings: Problem[] } {
  const isError = (finding: Finding) => PROBLEM_CODES[finding.code].level === 'error';
  const telling = { ...(source && { source }), secrets };
  return {
    errors: problemsOf(findings.filter(isError), telling),
    warnings: problemsOf(
      findings.filter((finding) => !isError(finding)),
      telling,
    ),
  };
}

function schemaFindingsOf(document: unknown, issues: Parameters<typeof findingsOfIssue>[0][]): Finding[] {
  if (document === null || document === undefined) return [{ code: 'FR_CONFIG_EMPTY', path: [] }];
  return issues.flatMap((issue) => findingsOfIssue(issue, document));
}

function tokensFor(runners: readonly DraftRunner[], { tokens }: InterpretOptions, input: ReturnType<typeof tokenInputOf>): AssignedTokens {
  if (tokens === 'not needed') return { tokens: new Map(), findings: [], suspects: [] };
  return tokens ? assignSupplied(tokens, runners) : assignTokens(input, runners);
}
