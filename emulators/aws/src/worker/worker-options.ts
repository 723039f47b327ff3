import { TOOLBOX_SSH_PORT } from '@fargate-gitlab-runner/blueprint';
import type { Fields } from '../json-fields.ts';

/** `default` is the login shell of the emulator's user. */
export type ShellChoice = 'default' | 'dash' | 'busybox' | 'bash';

/** What workers of one image have in place of what all workers have. */
interface WorkerImageInput {
  /** As in the container definition. */
  readonly image: string;
  readonly shell?: ShellChoice;
  /** Programs of this machine that it has too: what busybox lacks. None when absent. */
  readonly with?: readonly string[];
  /** Programs that are not on its PATH; busybox's shell runs its own applets all the same. None when absent. */
  readonly without?: readonly string[];
}

/** What one may say about local workers; everything has a default. */
export interface WorkerOptionsInput {
  /** `ssh2`: an SSH server of ours; `sshd`: the system's OpenSSH; `none`: tasks have no processes. `ssh2` when absent. */
  readonly kind?: 'ssh2' | 'sshd' | 'none';
  /** SSH port of every worker; 2222 when absent. */
  readonly port?: number;
  /** Which shell runs what comes over SSH; `default` when absent. `busybox` also leaves nothing but busybox's applets on the PATH. */
  readonly shell?: ShellChoice;
  /** Whether workers have git; true when absent. */
  readonly withGit?: boolean;
  /** Images that are other than the rest; none when absent. */
  readonly images?: readonly WorkerImageInput[];
  /** `auto`: in bwrap when it is there; `auto` when absent. */
  readonly isolation?: 'auto' | 'bwrap' | 'none';
  /** PATH of a worker; the usual system folders when absent. */
  readonly path?: string;
  /** Node's arguments for the entry of a worker of kind `ssh2`; the file beside this code when absent. */
  readonly entry?: readonly string[];
}

/** WorkerImageInput with every default filled in. */
export interface WorkerImage {
  readonly shell: ShellChoice;
  readonly with: readonly string[];
  readonly without: readonly string[];
}

/** WorkerOptionsInput with every default filled in. */
export interface WorkerOptions {
  readonly kind: 'ssh2' | 'sshd' | 'none';
  readonly port: number;
  readonly shell: ShellChoice;
  readonly withGit: boolean;
  /** By the name of the image. */
  readonly images: ReadonlyMap<string, WorkerImage>;
  readonly isolation: 'auto' | 'bwrap' | 'none';
  readonly path: string;
  /** Undefined: the file beside this code. */
  readonly entry: readonly string[] | undefined;
}

/** Reads a WorkerOptionsInput. */
export function workerOptions(fields: Fields | undefined): WorkerOptions {
  const shell = shellIn(fields) ?? 'default';
  return {
    kind: fields?.optionalOneOf('kind', ['ssh2', 'sshd', 'none']) ?? 'ssh2',
    port: fields?.optionalNumber('port') ?? TOOLBOX_SSH_PORT,
    shell,
    withGit: fields?.optionalBoolean('withGit') ?? true,
    images: new Map((fields?.objects('images') ?? []).map((image) => [image.string('image'), workerImage(image, shell)])),
    isolation: fields?.optionalOneOf('isolation', ['auto', 'bwrap', 'none']) ?? 'auto',
    path: fields?.optionalString('path') ?? '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    entry: fields?.has('entry') ? fields.strings('entry') : undefined,
  };
}

function workerImage(fields: Fields, shell: ShellChoice): WorkerImage {
  return { shell: shellIn(fields) ?? shell, with: fields.strings('with'), without: fields.strings('without') };
}

function shellIn(fields: Fields | undefined): ShellChoice | undefined {
  return fields?.optionalOneOf('shell', ['default', 'dash', 'busybox', 'bash']);
}
