import type { Complaints } from './complaints.ts';
import { ConfigHash, textOf } from './config-hash.ts';
import { Pattern } from './expression/pattern.ts';
import type { Located, Place } from './located-yaml.ts';
import type { Plain } from './pipeline.ts';
import { plainOf } from './plain.ts';

/** Values given for inputs, and where. */
export interface GivenInputs {
  readonly at: Place;
  readonly values: Readonly<Record<string, Plain>>;
}

/** The kinds of value that an input may have. */
type InputType = 'string' | 'number' | 'boolean' | 'array';

const TYPES: readonly InputType[] = ['string', 'number', 'boolean', 'array'];

interface Declared {
  readonly name: string;
  readonly at: Place;
  readonly type: InputType;
  readonly standard: Plain | undefined;
  readonly options: readonly Plain[] | undefined;
  readonly regex: string | undefined;
}

/** The values of a file's inputs, from its header and from what it is given. Whatever is wrong is complained of; then there is no value. */
export function inputValues(header: Located | undefined, given: GivenInputs, complaints: Complaints): ReadonlyMap<string, Plain> {
  const declared = header ? declarations(header, complaints) : [];
  const unknown = Object.keys(given.values).filter((name) => !declared.some((input) => input.name === name));
  if (unknown.length > 0 && header) complaints.invalid(given.at, `unknown input arguments: ${unknown.join(', ')}`);
  if (unknown.length > 0 && !header) {
    complaints.invalid(given.at, 'Given inputs not defined in the `spec` section of the included configuration file');
  }
  const values = declared.flatMap((input): [string, Plain][] => {
    const own = Object.hasOwn(given.values, input.name) ? given.values[input.name] : undefined;
    const value = own ?? input.standard;
    const problem = inputProblem(input, value);
    if (problem !== undefined) complaints.invalid(own === undefined ? input.at : given.at, `\`${input.name}\` input: ${problem}`);
    return problem !== undefined || value === undefined ? [] : [[input.name, value]];
  });
  return new Map(values);
}

type Checked = Pick<Declared, 'type' | 'options' | 'regex'>;

/** Why a value does not fit an input's type, options or pattern; `whose` is `provided` or `default`. */
function inputProblem(input: Checked, value: Plain | undefined, whose = 'provided'): string | undefined {
  if (value === undefined) return 'required value has not been provided';
  if (!isOfType(value, input.type)) return `${whose} value is not ${input.type === 'array' ? 'an array' : `a ${input.type}`}`;
  return optionsProblem(input, value) ?? regexProblem(input, value, whose);
}

function optionsProblem({ type, options }: Checked, value: Plain): string | undefined {
  if (!options) return undefined;
  if (type !== 'string' && type !== 'number') return 'Options can only be used with string and number inputs';
  if (options.includes(value)) return undefined;
  const list = type === 'number' ? 'list of the allowed options' : 'list of allowed options';
  return `\`${String(value)}\` cannot be used because it is not in the ${list}`;
}

function regexProblem({ type, regex }: Checked, value: Plain, whose: string): string | undefined {
  if (regex === undefined) return undefined;
  if (type !== 'string') return 'RegEx validation can only be used with string inputs';
  const pattern = Pattern.source(regex);
  if (!pattern) return 'invalid regular expression';
  return pattern.matches(String(value)) ? undefined : `${whose} value does not match required RegEx pattern`;
}

function isOfType(value: Plain, type: InputType): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'number') return typeof value === 'number' || typeof value === 'bigint';
  return typeof value === type;
}

function declarations(header: Located, complaints: Complaints): readonly Declared[] {
  const spec = ConfigHash.of(header, 'header', complaints)?.hash('spec');
  spec?.allow(['inputs', 'component', 'include', 'description']);
  const include = spec?.entry('include');
  if (include) complaints.notYet(include.at, 'header:spec:include');
  const inputs = spec?.hash('inputs');
  if (!inputs) return [];
  return [...inputs.entries].flatMap(([name, { at, value }]) => {
    if (value.kind === 'scalar' && value.value === null)
      return [{ name, at, type: 'string', standard: undefined, options: undefined, regex: undefined }];
    const hash = ConfigHash.of(value, `header:spec:inputs:${name}`, complaints);
    return hash ? [declaration(name, at, hash)] : [];
  });
}

/** What one input is declared to be: of a file (`spec:inputs`) or of a job (`inputs`). */
export function declaration(name: string, at: Place, hash: ConfigHash): Declared {
  hash.allow(['default', 'type', 'options', 'description', 'regex', 'rules']);
  const rules = hash.entry('rules');
  if (rules) hash.complaints.notYet(rules.at, `${hash.place}:rules`);
  const type = readType(hash);
  const standard = hash.entries.get('default')?.value;
  const options = hash.node('options');
  if (options && options.kind !== 'list') hash.wrong('options', 'should be an array');
  const regex = hash.text('regex');
  const declared: Declared = {
    name,
    at,
    type,
    standard: standard && plainOf(standard),
    options: options?.kind === 'list' ? options.items.map(plainOf) : undefined,
    regex,
  };
  if (declared.standard !== undefined) {
    const problem = inputProblem(declared, declared.standard, 'default');
    if (problem !== undefined) hash.complaints.invalid(at, `\`${name}\` input: ${problem}`);
  }
  return declared;
}

function readType(hash: ConfigHash): InputType {
  const given = hash.node('type');
  const type = given && TYPES.find((each) => each === textOf(given));
  if (given && !type) hash.complaints.invalid(given.at, ` input type unknown value: ${textOf(given) ?? ''}`, hash.place);
  return type ?? 'string';
}

/** `inputs` of an include, as values. */
export function givenInputs(node: Located | undefined, at: Place, complaints: Complaints): GivenInputs {
  if (!node) return { at, values: {} };
  if (node.kind !== 'map') {
    complaints.invalid(node.at, 'include:inputs should be a hash');
    return { at, values: {} };
  }
  const values = [...node.entries].map(([key, { value }]) => [key, plainOf(value)] as const);
  return { at: node.at, values: Object.fromEntries(values) };
}
