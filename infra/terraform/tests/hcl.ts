import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

/** Required and not imported: its types bring those of browsers along, which clash with Node's everywhere else. */
const { parse }: { parse: (name: string, text: string) => Promise<HclDocument> } = createRequire(import.meta.url)('@cdktn/hcl2json');

/** A block or an object in HCL; expressions are strings with `${...}`. */
export interface HclBlock {
  readonly [attribute: string]: unknown;
}
type Labelled = Readonly<Record<string, readonly HclBlock[]>>;

/** A file of Terraform or Terragrunt, as far as tests look at it. */
export interface HclDocument {
  readonly variable?: Labelled;
  readonly output?: Labelled;
  readonly module?: Labelled;
  readonly resource?: Readonly<Record<string, Labelled>>;
  readonly terraform?: readonly {
    readonly source?: string;
    readonly required_version?: string;
    readonly required_providers?: readonly Readonly<Record<string, { source: string; version: string }>>[];
  }[];
  readonly include?: Labelled;
  readonly dependency?: Readonly<
    Record<string, readonly { readonly config_path: string; readonly mock_outputs: Readonly<Record<string, string>> }[]>
  >;
  readonly locals?: readonly Readonly<Record<string, string>>[];
  readonly inputs?: HclBlock;
  readonly remote_state?: readonly { readonly backend: string; readonly config: HclBlock }[];
  readonly generate?: Labelled;
}

/** Parses a file; throws with the line where it is no HCL. */
export async function parseHcl(path: string): Promise<HclDocument> {
  return parse(`${basename(path)}.tf`, await readFile(path, 'utf8'));
}

/** The variables of the module in a folder: of `variables.tf` and then of `variables-*.tf`, in the order of the files. */
export async function variablesOf(module: string): Promise<Labelled> {
  const names = (await readdir(module)).flatMap((file) => /^(variables(?:-\w+)?)\.tf$/.exec(file)?.[1] ?? []).toSorted();
  const documents = await Promise.all(names.map((name) => parseHcl(join(module, `${name}.tf`))));
  return Object.assign({}, ...documents.map(({ variable }) => variable));
}
