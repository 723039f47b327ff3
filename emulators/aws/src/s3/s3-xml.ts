import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

/** What one element may hold. Absent members are left out. */
type XmlContent = string | number | boolean | XmlElements | readonly XmlContent[] | undefined;
/** Elements by name; a list repeats the element. */
export interface XmlElements {
  readonly [name: string]: XmlContent;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });
const parser = new XMLParser({ parseTagValue: false, trimValues: false, isArray: (name) => name === 'Part' || name === 'Object' });

/** An answer of S3: a document with one element. */
export function s3Xml(root: string, content: XmlElements): string {
  const body = builder.build({ [root]: { '@xmlns': NAMESPACE, ...content } });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`;
}

/** The XML of an error; it has no namespace. */
export function errorXml(error: S3Error, of: { readonly resource: string; readonly requestId: string }): string {
  const content = { Code: error.code, Message: error.message, ...error.extra, Resource: of.resource, RequestId: of.requestId };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ Error: content })}`;
}

/** The content of a request's one element. Throws S3Error MalformedXML. */
export function readXml(body: Buffer, root: string): unknown {
  try {
    const document: unknown = parser.parse(body.toString('utf8'), true);
    const found = typeof document === 'object' && document !== null ? Reflect.get(document, root) : undefined;
    if (found !== undefined) return found;
  } catch {
    // Said below.
  }
  throw new S3Error('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
}
