import { decode, ExtensionCodec, encode } from '@msgpack/msgpack';

/** A value whose content is known only after the apply. */
class Unknown {
  readonly kind = 'unknown';
}

export const UNKNOWN = new Unknown();

/** A value of Terraform's type system as a provider sees it. */
export type DynamicValue = null | boolean | number | string | Unknown | readonly DynamicValue[] | { readonly [name: string]: DynamicValue };

/** An object of attributes and blocks by name. */
export type DynamicObject = { readonly [name: string]: DynamicValue };

/** Extension 0 is an unknown value, 12 one of which something is known. Source: Terraform, docs/plugin-protocol/object-wire-format.md. */
const extensionCodec = new ExtensionCodec();
for (const type of [0, 12]) {
  extensionCodec.register({
    type,
    encode: (value) => (type === 0 && value instanceof Unknown ? new Uint8Array([0]) : null),
    decode: () => UNKNOWN,
  });
}

/** Reads the wire form. */
export function decodeDynamic(bytes: Uint8Array): DynamicValue {
  return asDynamic(decode(bytes, { extensionCodec }));
}

/** Writes the wire form. */
export function encodeDynamic(value: DynamicValue): { readonly msgpack: Buffer } {
  return { msgpack: Buffer.from(encode(value, { extensionCodec })) };
}

/** Anything that JSON or msgpack can say, as a value; throws on anything else. */
export function asDynamic(value: unknown): DynamicValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string' || value instanceof Unknown) return value;
  if (Array.isArray(value)) return value.map(asDynamic);
  if (typeof value !== 'object') throw new Error(`no Terraform value: ${typeof value}`);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asDynamic(item)]));
}

/** Whether the value is an object of attributes. */
export function isDynamicObject(value: DynamicValue | undefined): value is DynamicObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Unknown);
}

/** Whether the value is known only after the apply. */
export function isUnknown(value: DynamicValue | undefined): boolean {
  return value instanceof Unknown;
}
