/** One job of the probe pipeline, as GitLab's REST API describes it. */
export interface ProbeJob {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Seconds from the creation of the job to its start, and from there to its end. */
  readonly queuedS: number | undefined;
  readonly durationS: number | undefined;
  readonly failureReason: string | undefined;
  readonly log: string;
}

const FINISHED = new Set(['success', 'failed', 'canceled', 'skipped', 'manual']);

/** What the script asks of GitLab's REST API, version 4. Source: GitLab docs, "Pipelines API", "Jobs API". */
export class GitLabApi {
  readonly #base: string;
  readonly #token: string;

  /** `project` is a path or a number; the token needs the scope `api`. */
  constructor(of: { readonly url: string; readonly project: string; readonly token: string }) {
    this.#base = `${of.url.replace(/\/+$/, '')}/api/v4/projects/${encodeURIComponent(of.project)}`;
    this.#token = of.token;
  }

  async startPipeline(ref: string, variables: Readonly<Record<string, string>>): Promise<string> {
    const body = { ref, variables: Object.entries(variables).map(([key, value]) => ({ key, value })) };
    const { id }: { id: number } = JSON.parse(await this.#text('/pipeline', body));
    return String(id);
  }

  async pipelineStatus(id: string): Promise<{ readonly status: string; readonly isFinished: boolean }> {
    const { status }: { status: string } = JSON.parse(await this.#text(`/pipelines/${id}`));
    return { status, isFinished: FINISHED.has(status) };
  }

  async jobs(pipeline: string): Promise<ProbeJob[]> {
    const listed: JobAnswer[] = JSON.parse(await this.#text(`/pipelines/${pipeline}/jobs?per_page=100`));
    const sorted = listed.toSorted((a, b) => a.id - b.id);
    return Promise.all(sorted.map(async (job) => jobOf(job, await this.#text(`/jobs/${job.id}/trace`))));
  }

  async #text(path: string, body?: object): Promise<string> {
    const headers = { 'PRIVATE-TOKEN': this.#token, 'content-type': 'application/json' };
    const answer = await fetch(`${this.#base}${path}`, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`GitLab answered ${answer.status} to ${path}: ${text.slice(0, 300)}`);
    return text;
  }
}

interface JobAnswer {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly queued_duration?: number | null;
  readonly duration?: number | null;
  readonly failure_reason?: string | null;
}

function jobOf(job: JobAnswer, log: string): ProbeJob {
  return {
    id: String(job.id),
    name: job.name,
    status: job.status,
    queuedS: job.queued_duration ?? undefined,
    durationS: job.duration ?? undefined,
    failureReason: job.failure_reason ?? undefined,
    log,
  };
}
