import { rows } from './classification-row.ts';
import { failure } from './coded-failure.ts';
import { GIVE_UP, NOW } from './failure-kind.ts';

/** Workers that don't answer by SSH as they should. Words: the transport's kind of outcome, then its cause. */
export const SSH_FAILURES = rows('connect', [
  [
    /^refused/,
    'refused: connect ECONNREFUSED 10.0.0.4:22',
    failure(NOW, 'FR_FLEET_SSH_REFUSED', [
      'nothing listens for SSH in the worker',
      "the image's entrypoint must start sshd on the runner's SSH port",
    ]),
  ],
  [
    /^timeout/,
    'timeout: no answer within 1000 ms',
    failure(NOW, 'FR_FLEET_SSH_TIMEOUT', [
      'the worker could not be reached by SSH',
      "let the manager's security group reach the SSH port of the worker's",
    ]),
  ],
  [
    /^denied/,
    'denied: all authentication methods failed',
    failure(GIVE_UP, 'FR_FLEET_SSH_DENIED', [
      "the worker does not accept the job's key",
      'the image must put SSH_PUBLIC_KEY into authorized_keys of the SSH user and accept Ed25519 keys',
    ]),
  ],
  [
    /^impostor/,
    'impostor: the host key changed',
    failure(GIVE_UP, 'FR_FLEET_SSH_IMPOSTOR', [
      'another machine answers at the address of the worker',
      "find out who else listens there: the worker's host key has changed",
    ]),
  ],
  [
    /(?:)/,
    'broken: protocol error',
    failure(NOW, 'FR_FLEET_SSH_BROKEN', [
      'the SSH connection to the worker broke',
      'look at the sshd of the image; it must speak SSH 2 with Ed25519 keys',
    ]),
  ],
]);
