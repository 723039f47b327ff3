import type { Random } from '@fargate-gitlab-runner/kernel';
import type { Fields, JsonObject } from '../json-fields.ts';
import { ServiceError } from './service-error.ts';

/** A secret as somebody puts it there: its name, its value, and the stages of this version; `AWSCURRENT` when absent. */
export interface SecretInput {
  readonly name: string;
  readonly value: string;
  readonly stages?: readonly string[];
}

interface Version {
  readonly id: string;
  readonly value: string;
  stages: readonly string[];
}

interface Kept {
  readonly arn: string;
  readonly name: string;
  readonly versions: Version[];
}

/** The secrets of Secrets Manager in one account: their ARNs end with six characters that nobody chooses. */
export class SecretShelf {
  readonly #place: { readonly region: string; readonly account: string };
  readonly #random: Random;
  readonly #secrets = new Map<string, Kept>();

  constructor(place: { readonly region: string; readonly account: string }, random: Random) {
    this.#place = place;
    this.#random = random;
  }

  /** Puts a version there; stages that it takes are taken from the older ones. */
  put({ name, value, stages = ['AWSCURRENT'] }: SecretInput): { readonly arn: string; readonly versionId: string } {
    const secret = this.#secrets.get(name) ?? { arn: `${this.#arnOf(name)}-${this.#random.hex(3)}`, name, versions: [] };
    for (const version of secret.versions) version.stages = version.stages.filter((stage) => !stages.includes(stage));
    const id = this.#random.hex(16);
    secret.versions.push({ id, value, stages });
    this.#secrets.set(name, secret);
    return { arn: secret.arn, versionId: id };
  }

  /** The ARN that a policy sees for this id: the secret's own, or, when there is none, one made of the id. */
  resourceOf(id: string): string {
    return this.#find(id)?.arn ?? (id.startsWith('arn:') ? id : this.#arnOf(id));
  }

  /** GetSecretValue. Source: AWS Secrets Manager API reference. */
  value(fields: Fields): JsonObject {
    const id = fields.string('SecretId');
    const versionId = fields.optionalString('VersionId');
    const stage = fields.optionalString('VersionStage') ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
    const secret = this.#find(id);
    if (!secret) throw missing("Secrets Manager can't find the specified secret.");
    const version = secret.versions.find((one) => (versionId ?? one.id) === one.id && (stage === undefined || one.stages.includes(stage)));
    if (!version) throw missing(`Secrets Manager can't find the specified secret value for ${stage ?? `VersionId: ${versionId}`}`);
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages, SecretString: version.value };
  }

  /** By name, by ARN, or by ARN without its last characters. */
  #find(id: string): Kept | undefined {
    return [...this.#secrets.values()].find(({ arn, name }) => id === name || id === arn || id === arn.slice(0, -7));
  }

  #arnOf(name: string): string {
    return `arn:aws:secretsmanager:${this.#place.region}:${this.#place.account}:secret:${name}`;
  }
}

function missing(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}
