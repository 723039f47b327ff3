import ssh2 from 'ssh2';

/** Length of a whole Ed25519 public key on the wire: two length fields, the name and 32 bytes. */
const PUBLIC_LENGTH = 4 + 'ssh-ed25519'.length + 4 + 32;

/** An Ed25519 key pair as OpenSSH has it. */
export interface Ed25519Keys {
  /** PEM. */
  readonly privateKey: string;
  /** One authorized_keys line. */
  readonly publicKey: string;
}

/**
 * A new key pair. ssh2 drops the zero bytes that one public key in 256 begins with, and such a pair is of no use to anybody; so it is
 * made again until it is whole.
 */
export function ed25519Keys(): Ed25519Keys {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const parsed = ssh2.utils.parseKey(pair.private);
    if (!(parsed instanceof Error) && parsed.getPublicSSH().length === PUBLIC_LENGTH)
      return { privateKey: pair.private, publicKey: pair.public };
  }
}
