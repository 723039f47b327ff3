import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CpuArchitecture } from '@fargate-gitlab-runner/blueprint';
import { IgnoreMode } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Construct } from 'constructs';
import { writtenOutPlace } from './written-out-place.ts';

/** The distributions that there is an image of a worker for. */
export type WorkerDistribution = 'alpine' | 'debian';

/** How images are built. */
export interface RunnerImagesProps {
  /**
   * The clone of this repository that the images are built of.
   * @default the one that this construct lies in
   */
  readonly repository?: string;
}

/** What an image is built of: a folder, a Dockerfile in it, and the only files of it that go into the build. */
interface ImageSource {
  readonly folder: string;
  readonly dockerfile: string;
  readonly files: readonly string[];
  readonly target?: string;
  readonly cpuArchitecture: CpuArchitecture;
}

const BUNDLE = 'dist/manager.mjs';

/**
 * Images built of this clone instead of pulled from a registry of yours: `images.manager()` is a `managerDockerImage`, `images.worker('debian')`
 * a `worker_docker_image`. Synthesis only hashes the files; `cdk deploy` builds and pushes, and needs a container engine for that.
 *
 * @throws Error at construction when the stack's account and region are not written out: the names of the images couldn't be either
 */
export class RunnerImages extends Construct {
  readonly #repository: string;
  readonly #made = new Map<string, string>();

  constructor(scope: Construct, id: string, props: RunnerImagesProps = {}) {
    super(scope, id);
    writtenOutPlace(this);
    this.#repository = props.repository ?? fileURLToPath(new URL('../../../', import.meta.url));
  }

  /**
   * The image of the manager, of the bundle that `npm run build` made. Nothing else changes it but its own files, so that managers are
   * replaced when they are new.
   *
   * @param cpuArchitecture what `managerCpuArchitecture` says; where the building machine has others, it needs emulation
   * @throws Error when the bundle is not there
   */
  manager(cpuArchitecture: CpuArchitecture = 'X86_64'): string {
    if (!existsSync(join(this.#repository, BUNDLE))) {
      throw new Error(`${this.node.path}: the image of the manager is made of ${BUNDLE}, which is not there: npm run build`);
    }
    return this.#imageOf('Manager', {
      cpuArchitecture,
      folder: this.#repository,
      dockerfile: 'images/manager/Dockerfile',
      files: [BUNDLE, 'images/manager/healthcheck.sh'],
      target: 'of-bundle',
    });
  }

  /**
   * The image of a worker.
   *
   * @param cpuArchitecture what `worker_cpu_architecture` says
   */
  worker(distribution: WorkerDistribution, cpuArchitecture: CpuArchitecture = 'X86_64'): string {
    return this.#imageOf(`Worker-${distribution}`, {
      cpuArchitecture,
      folder: join(this.#repository, 'images/worker'),
      dockerfile: `${distribution}/Dockerfile`,
      files: ['entrypoint.sh', 'session.sh', 'sshd_config'],
    });
  }

  /** Written out, where the CDK has a reference: the checks and the policies of execution roles read the repository in it. */
  #imageOf(of: string, source: ImageSource): string {
    const id = `${of}-${source.cpuArchitecture}`;
    const known = this.#made.get(id);
    if (known !== undefined) return known;
    const { imageTag, repository } = new DockerImageAsset(this, id, {
      directory: source.folder,
      file: source.dockerfile,
      platform: source.cpuArchitecture === 'ARM64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64,
      exclude: ['*', ...[source.dockerfile, ...source.files].map((file) => `!${file}`)],
      ignoreMode: IgnoreMode.DOCKER,
      ...(source.target !== undefined && { target: source.target }),
    });
    const { account, region, domain } = writtenOutPlace(this);
    const image = `${account}.dkr.ecr.${region}.${domain}/${repository.repositoryName}:${imageTag}`;
    this.#made.set(id, image);
    return image;
  }
}
