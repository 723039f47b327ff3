/** An archive that has something at a place where it would be dangerous to unpack it, or that is none. The message says what, for people. */
export class UnsafeArchive extends Error {}
