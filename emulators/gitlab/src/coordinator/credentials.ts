import type { Random } from '@fargate-gitlab-runner/kernel';

/** What a personal access token may do. */
export type AccessScope = 'api' | 'create_runner' | 'manage_runner' | 'read_api';

/** A legacy registration token; with a project, runners that register with it belong to that project. */
export interface RegistrationToken {
  readonly token: string;
  readonly project: string | undefined;
}

/** The tokens that people hold, as opposed to runners and jobs. */
export class Credentials {
  readonly #random: Random;
  readonly #registration = new Map<string, RegistrationToken>();
  readonly #access = new Map<string, readonly AccessScope[]>();

  constructor(random: Random) {
    this.#random = random;
  }

  addRegistrationToken(project: string | undefined): RegistrationToken {
    const added = { token: `GR1348941${this.#random.hex(10)}`, project };
    this.#registration.set(added.token, added);
    return added;
  }

  addAccessToken(scopes: readonly AccessScope[]): string {
    const token = `glpat-${this.#random.hex(10)}`;
    this.#access.set(token, scopes);
    return token;
  }

  registration(token: string): RegistrationToken | undefined {
    return this.#registration.get(token);
  }

  /** Undefined: there is no such personal access token. */
  scopes(token: string): readonly AccessScope[] | undefined {
    return this.#access.get(token);
  }
}
