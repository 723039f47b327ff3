import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type AwsControl, AwsControl as Control, startAwsEmulator } from '@fargate-gitlab-runner/emulator-aws';
import { type Clock, seededRandom, systemClock } from '@fargate-gitlab-runner/kernel';
import { S3CacheStore } from '../../cache/s3/s3-cache-store.ts';
import type { StageName } from '../stage-plan.ts';
import { aJob, type JobWishes, type Run, type Shell, type StageConditions, WorkerRig } from '../worker-rig.contract.ts';
import type { CacheLinks } from './cache-links.ts';

const BUCKET = 'cache';
const REGION = 'eu-west-1';
const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

/** S3 with one bucket for caches, for any number of workers. */
export class CacheRig implements AsyncDisposable {
  readonly control: AwsControl;
  readonly #url: string;
  readonly #close: () => Promise<void>;
  readonly #client: S3Client;

  private constructor(url: string, close: () => Promise<void>) {
    this.#url = url;
    this.#close = close;
    this.control = new Control(url);
    this.#client = new S3Client({ endpoint: url, region: REGION, forcePathStyle: true, credentials: LOCAL });
  }

  static async start(clock: Clock = systemClock): Promise<CacheRig> {
    const options = { region: REGION, worker: { kind: 'none' as const }, s3: { buckets: [BUCKET] } };
    const { url, close } = await startAwsEmulator(options, { clock, random: seededRandom(process.pid) });
    return new CacheRig(url, close);
  }

  store(of: { readonly endpoint?: string; readonly bucket?: string } = {}): S3CacheStore {
    return new S3CacheStore({ bucket: BUCKET, prefix: '', region: REGION, isShared: true, endpoint: this.#url, credentials: LOCAL, ...of });
  }

  /** Links for these keys, as the manager hands them out for a stage. */
  async links(direction: 'read' | 'write', keys: readonly string[], store = this.store()): Promise<CacheLinks> {
    const of = { shortToken: 'abcdefghi', projectId: '7' };
    const made = keys.map(async (key) => [key, await store.link({ ...of, key }, { direction, lifeS: 600 })] as const);
    return { kind: 'links', links: new Map(await Promise.all(made)) };
  }

  async put(key: string, body: Uint8Array | string): Promise<void> {
    await this.#client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `project/7/${key}`, Body: body }));
  }

  async get(key: string): Promise<Buffer> {
    const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: BUCKET, Key: `project/7/${key}` }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  /** The keys that have an object. */
  async keys(): Promise<string[]> {
    return (await this.control.s3Objects(BUCKET)).map(({ key }) => key.replace(/^project\/7\//, ''));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.destroy();
    await this.#close();
  }
}

/** One worker after another, with an empty project each. */
export class CachedWorker implements AsyncDisposable {
  readonly #rig: WorkerRig;
  readonly #cache: CacheRig;

  private constructor(rig: WorkerRig, cache: CacheRig) {
    this.#rig = rig;
    this.#cache = cache;
  }

  static async start(shell: Shell, cache: CacheRig, files: Readonly<Record<string, string>> = {}): Promise<CachedWorker> {
    const worker = new CachedWorker(await WorkerRig.start(shell), cache);
    await mkdir(worker.project, { recursive: true });
    for (const [name, content] of Object.entries(files)) await worker.write(name, content);
    return worker;
  }

  get project(): string {
    return join(this.#rig.builds, 'group/project');
  }

  get folder(): string {
    return this.#rig.folder;
  }

  async write(name: string, content: string): Promise<void> {
    await mkdir(dirname(join(this.project, name)), { recursive: true });
    await writeFile(join(this.project, name), content);
  }

  async read(name: string): Promise<string | undefined> {
    return readFile(join(this.project, name), 'utf8').catch(() => undefined);
  }

  /** Runs commands in the project. */
  run(script: string): Promise<Run> {
    return this.#rig.run(`set -e\ncd '${this.project.replaceAll("'", "'\\''")}'\n${script}`);
  }

  save(cache: JobWishes, how: StageConditions & { readonly wishes?: JobWishes; readonly after?: StageName } = {}): Promise<Run> {
    return this.#stage(how.after ?? 'archive_cache', 'write', { cache, how });
  }

  restore(cache: JobWishes, how: StageConditions & { readonly wishes?: JobWishes } = {}): Promise<Run> {
    return this.#stage('restore_cache', 'read', { cache, how });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('chmod -R u+rwX . ../project.tmp 2> /dev/null || true');
    await this.#rig[Symbol.asyncDispose]();
    await rm(this.#rig.folder, { recursive: true, force: true });
  }

  async #stage(
    name: StageName,
    direction: 'read' | 'write',
    { cache, how }: { readonly cache: JobWishes; readonly how: StageConditions & { readonly wishes?: JobWishes } },
  ): Promise<Run> {
    const { wishes, ...conditions } = how;
    const job = { cache: [{ key: 'k', ...cache }], ...wishes };
    const keys = aJob(job).cache.flatMap(({ key = '', fallback_keys }) => [key, ...fallback_keys]);
    const cacheLinks = how.cacheLinks ?? (await this.#cache.links(direction, keys));
    return this.#rig.stages(job, [name], { ...conditions, cacheLinks });
  }
}
