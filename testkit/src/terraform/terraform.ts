import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { arch, platform, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from '../built-program.ts';

const SCHEMA = fileURLToPath(new URL('aws-schema.json', import.meta.url));
/** The version of the real provider that the schemas were taken from. */
const PROVIDER_VERSION = '6.66.0';
const HOST = 'registry.terraform.io';

/** Where `terraform` is on PATH; undefined where it is not installed. */
export const TERRAFORM: string | undefined = (process.env.PATH ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'terraform'))
  .find((file) => existsSync(file));

/** How a run of Terraform ended. */
export interface TerraformEnd {
  readonly code: number;
  readonly stdout: string;
  /** Both streams, as a person would see them. */
  readonly text: string;
}

/** A scratch folder in which the real Terraform runs with the stub AWS provider; it reaches no network. */
export class TerraformScratch implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async open(): Promise<TerraformScratch> {
    const scratch = new TerraformScratch(await mkdtemp(join(tmpdir(), 'fgr-terraform-')));
    const system = `${platform()}_${arch() === 'x64' ? 'amd64' : arch()}`;
    const mirror = join(scratch.folder, 'mirror');
    const provider = join(mirror, HOST, 'hashicorp/aws', PROVIDER_VERSION, system);
    await mkdir(provider, { recursive: true });
    const script = `#!/bin/sh\nexec '${process.execPath}' '${builtProgram('stub-aws-provider')}' '${SCHEMA}'\n`;
    await writeFile(join(provider, `terraform-provider-aws_v${PROVIDER_VERSION}`), script, { mode: 0o755 });
    await writeFile(
      join(scratch.folder, 'terraformrc'),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\ndisable_checkpoint = true\n`,
    );
    return scratch;
  }

  /** Copies a folder of Terraform files into the scratch folder, without what a run leaves behind. */
  async copy(source: string, name: string): Promise<string> {
    const target = join(this.folder, name);
    await cp(source, target, { recursive: true, filter: (path) => !/\.terraform(\/|$|\.lock)|terraform\.tfstate/.test(path) });
    return target;
  }

  /** Writes a file of a configuration. */
  async write(path: string, content: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
  }

  /** Runs one command of Terraform in a folder of the scratch folder; resolves however it ends. */
  run(name: string, ...args: readonly string[]): Promise<TerraformEnd> {
    if (TERRAFORM === undefined) throw new Error('terraform is not on PATH');
    const env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      TF_CLI_CONFIG_FILE: join(this.folder, 'terraformrc'),
      TF_DISABLE_PLUGIN_TLS: '1',
      TF_IN_AUTOMATION: '1',
      TF_INPUT: '0',
      CHECKPOINT_DISABLE: '1',
    };
    const options = { cwd: join(this.folder, name), env, maxBuffer: 64 * 1024 * 1024 };
    return new Promise((resolve) =>
      execFile(TERRAFORM ?? '', [...args], options, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, text: `${stdout}${stderr}` });
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
