import { Token } from 'aws-cdk-lib';

/**
 * References to resources that are still to be made have no value that could be judged. While a document is judged, each has a stand-in of
 * the right shape; `restore` puts the references back. Only ids of subnets and security groups and ARNs of task roles have stand-ins.
 */
export class StandIns {
  readonly #references = new Map<string, string>();

  /** A copy of the value in which every reference has its stand-in. */
  replace(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return Token.isUnresolved(value) ? this.#standInFor(value, key) : value;
    if (Array.isArray(value)) return value.map((item) => this.replace(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.replace(member, name)]));
  }

  /** The reference that a text stands in for, or the text itself. */
  restore(text: string): string {
    return this.#references.get(text) ?? text;
  }

  /** A copy of the value with the references in their places again. */
  restoreIn(value: unknown): unknown {
    if (typeof value === 'string') return this.restore(value);
    if (Array.isArray(value)) return value.map((item) => this.restoreIn(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.restoreIn(member)]));
  }

  #standInFor(reference: string, key: string): string {
    const shape = SHAPES.find(({ keys }) => keys.test(key));
    if (!shape) return reference;
    const known = [...this.#references].find(([, other]) => other === reference)?.[0];
    const standIn = known ?? shape.make((this.#references.size + 1).toString(16).padStart(17, '0'));
    this.#references.set(standIn, reference);
    return standIn;
  }
}

const SHAPES: readonly { readonly keys: RegExp; readonly make: (number: string) => string }[] = [
  { keys: /subnet_ids?$/, make: (number) => `subnet-${number}` },
  { keys: /security_group_ids?$/, make: (number) => `sg-${number}` },
  { keys: /task_role_arn$/, make: (number) => `arn:aws:iam::111111111111:role/${number}` },
];
