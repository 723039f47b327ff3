import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

/**
 * The verified certificates of the server at the other end, from its own to the root, as PEM; undefined for a server that was not
 * verified. Jobs trust them when they call GitLab. Each certificate once.
 */
export function chainOf(socket: TLSSocket): string | undefined {
  if (!socket.authorized) return undefined;
  const seen = new Map<string, string>();
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw && !seen.has(certificate.fingerprint256)) {
    seen.set(certificate.fingerprint256, pemOf(certificate.raw));
    certificate = certificate.issuerCertificate;
  }
  return seen.size > 0 ? [...seen.values()].join('') : undefined;
}

function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
