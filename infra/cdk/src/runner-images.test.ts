import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, cpSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunnerImages, type WorkerDistribution } from './runner-images.ts';
import { RunnerService } from './runner-service.ts';
import { sampleEntry, sampleProps } from './sample-props.test-double.ts';

const env = { account: '111122223333', region: 'eu-west-1' };
const REPOSITORY = 'cdk-hnb659fds-container-assets-111122223333-eu-west-1';
const root = fileURLToPath(new URL('../../../', import.meta.url));
const DISTRIBUTIONS: readonly WorkerDistribution[] = ['alpine', 'debian'];

/** A clone in which somebody has built the bundle, or nobody has. */
function cloneWith({ bundle }: { readonly bundle?: string }): string {
  const folder = mkdtempSync(join(tmpdir(), 'fgr-clone-'));
  cpSync(join(root, 'images'), join(folder, 'images'), { recursive: true });
  mkdirSync(join(folder, 'docs'));
  writeFileSync(join(folder, 'docs/page.md'), 'of no meaning to images');
  if (bundle !== undefined) {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/manager.mjs'), bundle);
  }
  return folder;
}

/** What the cloud assembly says about the images to build. */
interface DockerImages {
  readonly dockerImages: Readonly<
    Record<
      string,
      {
        readonly source: {
          readonly directory: string;
          readonly dockerFile: string;
          readonly dockerBuildTarget?: string;
          readonly platform: string;
        };
      }
    >
  >;
}

describe('images of a clone', () => {
  const clone = cloneWith({ bundle: 'the bundle' });
  const app = new App();
  let stack: Stack;
  let template: Template;
  let sources: readonly {
    readonly files: readonly string[];
    readonly dockerFile: string;
    readonly target: string | undefined;
    readonly platform: string;
  }[];

  beforeAll(() => {
    process.env.CDK_VALIDATION = 'false';
    stack = new Stack(app, 'given', { env });
    const images = new RunnerImages(stack, 'Images', { repository: clone });
    const managersConfigs = Object.fromEntries(
      DISTRIBUTIONS.map((distribution) => [
        distribution,
        { ...sampleEntry, tags: [distribution], worker_docker_image: images.worker(distribution) },
      ]),
    );
    new RunnerService(stack, 'Runners', { ...sampleProps, managerDockerImage: images.manager(), managersConfigs });
    template = Template.fromStack(stack);
    const { dockerImages }: DockerImages = JSON.parse(readFileSync(join(app.outdir, 'given.assets.json'), 'utf8'));
    sources = Object.values(dockerImages).map(({ source }) => ({
      files: readdirSync(join(app.outdir, source.directory), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(join(app.outdir, source.directory).length + 1))
        .toSorted(),
      dockerFile: source.dockerFile,
      target: source.dockerBuildTarget,
      platform: source.platform,
    }));
  });
  afterAll(() => {
    rmSync(clone, { recursive: true });
    rmSync(app.outdir, { recursive: true });
  });

  it('stand in the task definitions by their tags, in the repository that the bootstrap made', () => {
    const definitions = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map(({ Properties }) => Properties);
    const images = new Map(
      definitions.map(({ Family, ContainerDefinitions }) => [Family, ContainerDefinitions.map(({ Image }: { Image: string }) => Image)]),
    );
    const one = expect.stringMatching(new RegExp(`^111122223333\\.dkr\\.ecr\\.eu-west-1\\.amazonaws\\.com/${REPOSITORY}:[0-9a-f]{64}$`));
    expect(images.get('task-shop-dev-runner-manager')).toEqual([one]);
    for (const distribution of DISTRIBUTIONS) expect(images.get(`task-shop-dev-runner-worker-${distribution}`)).toEqual([one, one]);
    expect(new Set([...images.values()].flat()).size).toBe(3);
  });

  it('may be pulled by the execution roles, from that repository alone', () => {
    const roles = Object.values(template.findResources('AWS::IAM::Role')).map(({ Properties }) => Properties);
    const pulled = roles.flatMap(({ RoleName, Policies }) =>
      Policies.flatMap(
        ({ PolicyDocument }: { PolicyDocument: { Statement: { Sid: string; Resource: unknown }[] } }) => PolicyDocument.Statement,
      )
        .filter(({ Sid }: { Sid: string }) => Sid === 'PullImages')
        .map(({ Resource }: { Resource: unknown }) => [RoleName, Resource]),
    );
    const repository = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:eu-west-1:111122223333:repository/${REPOSITORY}`]] };
    expect(pulled).toEqual([
      ['iam-role-shop-dev-runner-worker-execution', [repository]],
      ['iam-role-shop-dev-runner-manager-execution', [repository]],
    ]);
  });

  it('are built of the files that their Dockerfiles copy and of nothing else, for the processors that the tasks run on', () => {
    const worker = (distribution: string) => ({
      dockerFile: `${distribution}/Dockerfile`,
      files: [`${distribution}/Dockerfile`, 'entrypoint.sh', 'session.sh', 'sshd_config'],
      target: undefined,
      platform: 'linux/amd64',
    });
    expect(sources).toEqual([
      worker('alpine'),
      worker('debian'),
      {
        dockerFile: 'images/manager/Dockerfile',
        files: ['dist/manager.mjs', 'images/manager/Dockerfile', 'images/manager/healthcheck.sh'],
        target: 'of-bundle',
        platform: 'linux/amd64',
      },
    ]);
  });

  it('are built for the processors that are asked for, which makes other images of them', () => {
    const stack = new Stack(new App({ outdir: app.outdir }), 'arm', { env });
    const images = new RunnerImages(stack, 'Images', { repository: clone });
    expect(images.worker('debian', 'ARM64')).not.toBe(images.worker('debian'));
    Template.fromStack(stack);
    const { dockerImages }: DockerImages = JSON.parse(readFileSync(join(app.outdir, 'arm.assets.json'), 'utf8'));
    expect(Object.values(dockerImages).map(({ source }) => source.platform)).toEqual(['linux/arm64', 'linux/amd64']);
  });

  it('are new when their files are, and only then', () => {
    const imagesOf = (repository: string) => {
      AssetStaging.clearAssetHashCache();
      const images = new RunnerImages(new Stack(new App({ outdir: app.outdir }), 'again', { env }), 'Images', { repository });
      return { manager: images.manager(), worker: images.worker('alpine'), again: images.manager() };
    };
    const before = imagesOf(clone);
    expect(before.again).toBe(before.manager);
    writeFileSync(join(clone, 'docs/page.md'), 'changed');
    writeFileSync(join(clone, 'images/worker/debian/Dockerfile'), 'FROM scratch\n');
    expect(imagesOf(clone)).toEqual(before);
    writeFileSync(join(clone, 'dist/manager.mjs'), 'another bundle');
    const after = imagesOf(clone);
    expect(after.manager).not.toBe(before.manager);
    expect(after.worker).toBe(before.worker);
  });
});

it('a manager whose bundle nobody has built says what to do', () => {
  const clone = cloneWith({});
  const images = new RunnerImages(new Stack(new App(), 'stack', { env }), 'Images', { repository: clone });
  expect(() => images.manager()).toThrow(
    'stack/Images: the image of the manager is made of dist/manager.mjs, which is not there: npm run build',
  );
  rmSync(clone, { recursive: true });
});

it('images in a stack without account and region say what to do', () => {
  expect(() => new RunnerImages(new Stack(new App(), 'anywhere'), 'Images')).toThrow(/account and region of the stack must be written out/);
});
