/** The text of a document before anybody has looked at it. */
export interface DocumentText {
  readonly content: string;
  /** What messages call it: the file as the person named it, or a variable. */
  readonly name: string;
  /** Relative paths in the document start here. */
  readonly folder: string;
}
