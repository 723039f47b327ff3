import { ConfigHash, textOf } from './config-hash.ts';
import type { Plain } from './pipeline.ts';
import { plainOf } from './plain.ts';

const PROVIDERS = ['vault', 'gcp_secret_manager', 'azure_key_vault', 'aws_secrets_manager', 'gitlab_secrets_manager', 'akeyless'] as const;

/** `secrets`, in the words of the payload; servers are named by the variables that GitLab reads them from. */
export function readSecrets(job: ConfigHash): Readonly<Record<string, Plain>> {
  const hash = job.hash('secrets');
  if (!hash) return {};
  return Object.fromEntries(
    [...hash.entries].flatMap(([name, { value }]) => {
      const secret = ConfigHash.of(value, `${hash.place}:${name}`, hash.complaints);
      const read = secret && readSecret(secret);
      return read ? [[name, read]] : [];
    }),
  );
}

function readSecret(hash: ConfigHash): Readonly<Record<string, Plain>> | undefined {
  hash.allow([...PROVIDERS, 'file', 'token']);
  const provider = PROVIDERS.find((each) => hash.has(each));
  if (provider === undefined) {
    hash.complaints.invalid(hash.at, ` config must use exactly one of these keys: ${PROVIDERS.join(', ')}`, hash.place);
    return undefined;
  }
  const file = hash.flag('file');
  const token = hash.text('token');
  const node = hash.node(provider);
  const given = node && plainOf(node);
  const content = provider === 'vault' ? vault(hash, token) : withServer(provider, given, token);
  return content === undefined ? undefined : { [provider]: content, ...(file === undefined ? {} : { file }) };
}

/** `path/field@engine`, or a map that says the same. */
function vault(secret: ConfigHash, token: string | undefined): Plain | undefined {
  const node = secret.node('vault');
  if (!node) return undefined;
  const text = textOf(node);
  const parts = text === undefined ? hashParts(secret.hash('vault')) : textParts(text);
  if (!parts) return secret.wrong('vault', 'should be a string such as path/field@engine, or a hash with engine, path and field');
  const data: Plain = { jwt: token ?? '$VAULT_ID_TOKEN', role: '$VAULT_AUTH_ROLE' };
  return {
    server: { url: '$VAULT_SERVER_URL', namespace: '$VAULT_NAMESPACE', auth: { name: 'jwt', path: '$VAULT_AUTH_PATH', data } },
    ...parts,
  };
}

interface VaultParts {
  readonly engine: { readonly name: string; readonly path: string };
  readonly path: string;
  readonly field: string;
}

function textParts(text: string): VaultParts | undefined {
  const [, path, field, engine = 'kv-v2'] = /^([^@]+)\/([^/@]+)(?:@(.+))?$/.exec(text) ?? [];
  return path === undefined || field === undefined ? undefined : { engine: { name: 'kv-v2', path: engine }, path, field };
}

function hashParts(hash: ConfigHash | undefined): VaultParts | undefined {
  hash?.allow(['engine', 'path', 'field']);
  const engine = hash?.hash('engine');
  const path = hash?.text('path');
  const field = hash?.text('field');
  const name = engine?.text('name');
  const mount = engine?.text('path');
  if (name === undefined || mount === undefined || path === undefined || field === undefined) return undefined;
  return { engine: { name, path: mount }, path, field };
}

function withServer(provider: string, given: Plain | undefined, token: string | undefined): Plain | undefined {
  const jwt = token === undefined ? {} : { jwt: token };
  const own = typeof given === 'object' && given !== null && !Array.isArray(given) ? given : { secret_id: given ?? '' };
  const servers: Readonly<Record<string, Plain>> = {
    aws_secrets_manager: {
      region: '$AWS_REGION',
      ...jwt,
      role_arn: '$AWS_ROLE_ARN',
      role_session_name: '$AWS_ROLE_SESSION_NAME',
    },
    gcp_secret_manager: {
      project_number: '$GCP_PROJECT_NUMBER',
      workload_identity_federation_pool_id: '$GCP_WORKLOAD_IDENTITY_FEDERATION_POOL_ID',
      workload_identity_federation_provider_id: '$GCP_WORKLOAD_IDENTITY_FEDERATION_PROVIDER_ID',
      ...jwt,
    },
    azure_key_vault: { client_id: '$AZURE_CLIENT_ID', tenant_id: '$AZURE_TENANT_ID', url: '$AZURE_KEY_VAULT_SERVER_URL', ...jwt },
  };
  return { ...own, server: servers[provider] ?? {} };
}
