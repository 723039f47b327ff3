import { Secret } from '@fargate-gitlab-runner/kernel';
import ssh2 from 'ssh2';

/** Length of a whole Ed25519 public key on the wire: two length fields, the name and 32 bytes. */
const PUBLIC_BYTES = 4 + 'ssh-ed25519'.length + 4 + 32;

/**
 * A fresh Ed25519 key for one job: the private part in OpenSSH format and one authorized_keys line. The library cuts the zero bytes that
 * one key in 256 begins with, and no server takes such a key; so it is made again until it is whole.
 */
export function makeClientKey(): { readonly clientKey: Secret; readonly publicKey: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    const parsed = ssh2.utils.parseKey(pair.private);
    if (!(parsed instanceof Error) && parsed.getPublicSSH().length === PUBLIC_BYTES)
      return { clientKey: new Secret(pair.private), publicKey: pair.public.trim() };
  }
}
