import type { Finding, Path } from '../finding.ts';
import type { Draft, DraftRunner } from '../schema/document-schema.ts';

/** What a cross-check looks at. */
export interface Subject {
  /** The document without the values that the schema objects to. */
  readonly draft: Draft;
  readonly runners: readonly DraftRunner[];
  /** Whether the schema objects to the value at this path, or to something in or around it. */
  readonly isFaulty: (path: Path) => boolean;
  /** Relative paths in the document start here. */
  readonly folder: string;
  /** Whether this process runs in an ECS task. */
  readonly isOnEcs: boolean;
  /** Whether the caller means to deploy what the document says. */
  readonly isDeployment: boolean;
}

/** Looks at several values together. It keeps quiet about values that are missing or were taken out: that has been said already. */
export type CrossCheck = (subject: Subject) => readonly Finding[];
