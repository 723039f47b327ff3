import { join } from 'node:path';
import { type ToolPath, toolPath } from './tool-path.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What the workers of one host run on, by their image. Each image's tools are made when the host starts, so that a missing program is told then. */
export class ImageTools {
  readonly #usual: ToolPath;
  readonly #ofImages: ReadonlyMap<string, ToolPath>;

  /** @param folder for folders of links. Throws when a program is not installed. */
  constructor(options: WorkerOptions, folder: string) {
    this.#usual = toolPath(options, { shell: options.shell, with: [], without: [] }, join(folder, 'bin'));
    this.#ofImages = new Map(
      [...options.images].map(([name, image], at) => [name, toolPath(options, image, join(folder, `bin-of-image-${at}`))]),
    );
  }

  of(image: string): ToolPath {
    return this.#ofImages.get(image) ?? this.#usual;
  }
}
