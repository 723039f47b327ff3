import type { Fields, JsonObject } from '../json-fields.ts';
import { ServiceError } from './service-error.ts';

/** The parameters of Parameter Store in one account; all of them are SecureStrings. */
export class ParameterShelf {
  readonly #place: { readonly region: string; readonly account: string };
  readonly #values = new Map<string, string>();

  constructor(place: { readonly region: string; readonly account: string }) {
    this.#place = place;
  }

  put(name: string, value: string): string {
    this.#values.set(name, value);
    return this.#arnOf(name);
  }

  /** The ARN that a policy sees for this name, which may be an ARN itself. */
  resourceOf(name: string): string {
    return name.startsWith('arn:') ? name : this.#arnOf(name);
  }

  /** GetParameter. A SecureString that nobody wants decrypted comes as it lies there. Source: AWS Systems Manager API reference. */
  parameter(fields: Fields): JsonObject {
    const arn = this.resourceOf(fields.string('Name'));
    const found = [...this.#values].find(([name]) => this.#arnOf(name) === arn);
    if (!found) throw new ServiceError('ParameterNotFound', '');
    const [name, value] = found;
    const shown = fields.optionalBoolean('WithDecryption') ? value : Buffer.from(value).toString('base64');
    return { Parameter: { ARN: arn, Name: name, Type: 'SecureString', Value: shown, Version: 1 } };
  }

  #arnOf(name: string): string {
    return `arn:aws:ssm:${this.#place.region}:${this.#place.account}:parameter/${name.replace(/^\//, '')}`;
  }
}
