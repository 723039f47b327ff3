/** One resource of a CloudFormation template, references put in. */
export interface ResolvedResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** Names that only AWS knows, by a part of the resource's logical id. */
export interface KnownNames {
  readonly buckets: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
}

const ACCOUNT = '111122223333';
const PSEUDO: Readonly<Record<string, string>> = { 'AWS::Partition': 'aws', 'AWS::AccountId': ACCOUNT, 'AWS::URLSuffix': 'amazonaws.com' };

/** A template of the runner service, in account 111122223333 and eu-west-1, with every reference replaced by what AWS would put there. */
export function resolvedTemplate(template: unknown, known: KnownNames): ResolvedResource[] {
  const { Resources: resources }: { Resources: Readonly<Record<string, RawResource>> } = JSON.parse(JSON.stringify(template));
  return Object.entries(resources).map(([id, { Type: type, Properties: properties }]) => {
    const filled: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(resolved(properties, { resources, known })));
    return { id, type, properties: filled };
  });
}

interface RawResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface Around {
  readonly resources: Readonly<Record<string, RawResource>>;
  readonly known: KnownNames;
}

function resolved(value: unknown, around: Around): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, around));
  if (typeof value !== 'object' || value === null) return value;
  const [[name, content] = ['', undefined], ...more] = Object.entries(value);
  if (more.length === 0 && name === 'Ref') return PSEUDO[String(content)] ?? attributeOf(String(content), 'Ref', around);
  if (more.length === 0 && name === 'Fn::GetAtt' && Array.isArray(content))
    return attributeOf(String(content[0]), String(content[1]), around);
  if (more.length === 0 && name === 'Fn::Join' && Array.isArray(content)) return joined(String(content[0]), resolved(content[1], around));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, around)]));
}

function joined(separator: string, parts: unknown): string {
  if (!Array.isArray(parts)) throw new Error('Fn::Join of no list');
  return parts.map(String).join(separator);
}

/** What a reference to a resource stands for, once the resource is there. */
function attributeOf(id: string, attribute: string, { resources, known }: Around): string {
  const { Type: type, Properties: properties } = resources[id] ?? { Type: '', Properties: {} };
  const nameIn = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).find(([part]) => id.includes(part))?.[1] ?? `unknown ${id}`;
  switch (`${type}.${attribute}`) {
    case 'AWS::IAM::Role.Arn':
      return `arn:aws:iam::${ACCOUNT}:role/${properties.RoleName}`;
    case 'AWS::ECS::TaskDefinition.Ref':
    case 'AWS::ECS::TaskDefinition.TaskDefinitionArn':
      return `arn:aws:ecs:eu-west-1:${ACCOUNT}:task-definition/${properties.Family}:1`;
    case 'AWS::S3::Bucket.Ref':
      return nameIn(known.buckets);
    case 'AWS::S3::Bucket.Arn':
      return `arn:aws:s3:::${nameIn(known.buckets)}`;
    case 'AWS::KMS::Key.Arn':
      return nameIn(known.keys);
    default:
      throw new Error(`nobody knows ${attribute} of ${id} (${type})`);
  }
}
