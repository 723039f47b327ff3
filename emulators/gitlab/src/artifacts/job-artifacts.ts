import type { Artifact } from './artifact.ts';

/** The stored files of one job, at most one of each type. */
export class JobArtifacts {
  readonly #byType = new Map<string, Artifact>();

  /** In order of upload. */
  get all(): readonly Artifact[] {
    return [...this.#byType.values()];
  }

  /** The zip that later jobs may download; gone once it has expired. */
  archiveAt(nowMs: number): Artifact | undefined {
    const archive = this.#byType.get('archive');
    return archive && (archive.expireAt ?? Number.POSITIVE_INFINITY) > nowMs ? archive : undefined;
  }

  ofType(type: string): Artifact | undefined {
    return this.#byType.get(type);
  }

  add(artifact: Artifact): void {
    this.#byType.set(artifact.type, artifact);
  }

  /** Forgets all of them; the files stay until the server closes. */
  erase(): void {
    this.#byType.clear();
  }
}
