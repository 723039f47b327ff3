import { fromJSON } from '@grpc/proto-loader';

/**
 * The part of Terraform's plugin protocol 5 that the stub speaks, as protobuf definitions: a field is `type number`, after `map` or
 * `repeated` where it is one. gRPC skips fields that are not named here. Source: Terraform, docs/plugin-protocol/tfplugin5.proto;
 * go-plugin, internal/plugin/grpc_controller.proto.
 */
const MESSAGES = {
  DynamicValue: { msgpack: 'bytes 1', json: 'bytes 2' },
  Diagnostic: { severity: 'Severity 1', summary: 'string 2', detail: 'string 3', attribute: 'AttributePath 4' },
  AttributePath: { steps: 'repeated AttributeStep 1' },
  AttributeStep: { attribute_name: 'string 1' },
  Attribute: {
    name: 'string 1',
    type: 'bytes 2',
    description: 'string 3',
    required: 'bool 4',
    optional: 'bool 5',
    computed: 'bool 6',
    sensitive: 'bool 7',
  },
  NestedBlock: { type_name: 'string 1', block: 'Block 2', nesting: 'Nesting 3', min_items: 'int64 4', max_items: 'int64 5' },
  Block: { version: 'int64 1', attributes: 'repeated Attribute 2', block_types: 'repeated NestedBlock 3' },
  Schema: { version: 'int64 1', block: 'Block 2' },
  Empty: {},
  SchemaResponse: {
    provider: 'Schema 1',
    resource_schemas: 'map Schema 2',
    data_source_schemas: 'map Schema 3',
    diagnostics: 'repeated Diagnostic 4',
  },
  Config: { config: 'DynamicValue 1' },
  PrepareResponse: { prepared_config: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 2' },
  Validate: { type_name: 'string 1', config: 'DynamicValue 2' },
  Diagnostics: { diagnostics: 'repeated Diagnostic 1' },
  Configure: { terraform_version: 'string 1', config: 'DynamicValue 2' },
  Read: { type_name: 'string 1', current_state: 'DynamicValue 2' },
  ReadResponse: { new_state: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 2' },
  Plan: { type_name: 'string 1', prior_state: 'DynamicValue 2', proposed_new_state: 'DynamicValue 3', config: 'DynamicValue 4' },
  PlanResponse: { planned_state: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 4' },
  Apply: { type_name: 'string 1', prior_state: 'DynamicValue 2', planned_state: 'DynamicValue 3', config: 'DynamicValue 4' },
  ApplyResponse: { new_state: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 3' },
  RawState: { json: 'bytes 1' },
  Upgrade: { type_name: 'string 1', version: 'int64 2', raw_state: 'RawState 3' },
  UpgradeResponse: { upgraded_state: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 2' },
  ReadData: { type_name: 'string 1', config: 'DynamicValue 2' },
  ReadDataResponse: { state: 'DynamicValue 1', diagnostics: 'repeated Diagnostic 2' },
  StopResponse: { Error: 'string 1' },
};

const METHODS = {
  GetSchema: ['Empty', 'SchemaResponse'],
  PrepareProviderConfig: ['Config', 'PrepareResponse'],
  ValidateResourceTypeConfig: ['Validate', 'Diagnostics'],
  ValidateDataSourceConfig: ['Validate', 'Diagnostics'],
  UpgradeResourceState: ['Upgrade', 'UpgradeResponse'],
  Configure: ['Configure', 'Diagnostics'],
  ReadResource: ['Read', 'ReadResponse'],
  PlanResourceChange: ['Plan', 'PlanResponse'],
  ApplyResourceChange: ['Apply', 'ApplyResponse'],
  ReadDataSource: ['ReadData', 'ReadDataResponse'],
  Stop: ['Empty', 'StopResponse'],
} as const;

/** A method of the provider that the stub answers. */
export type ProviderMethod = keyof typeof METHODS;

const ENUMS = {
  Severity: { values: { INVALID: 0, ERROR: 1, WARNING: 2 } },
  Nesting: { values: { INVALID: 0, SINGLE: 1, LIST: 2, SET: 3, MAP: 4, GROUP: 5 } },
};

/** The two services that Terraform calls: the provider, and what ends the process. */
export const PLUGIN_SERVICES = fromJSON(
  {
    nested: {
      tfplugin5: { nested: { ...ENUMS, ...messagesOf(MESSAGES), Provider: { methods: methodsOf(METHODS) } } },
      plugin: { nested: { Empty: { fields: {} }, GRPCController: { methods: methodsOf({ Shutdown: ['Empty', 'Empty'] }) } } },
    },
  },
  { keepCase: true, longs: Number, enums: String, defaults: true },
);

function messagesOf(messages: Readonly<Record<string, Readonly<Record<string, string>>>>) {
  return Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, { fields: fieldsOf(fields) }]));
}

function fieldsOf(fields: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => {
      const [id = '', type = '', kind] = text.split(' ').reverse();
      return [
        name,
        {
          type,
          id: Number(id),
          ...(kind === 'repeated' && { rule: 'repeated' }),
          ...(kind === 'map' && { keyType: 'string' }),
        },
      ];
    }),
  );
}

function methodsOf(methods: Readonly<Record<string, readonly [string, string]>>) {
  return Object.fromEntries(
    Object.entries(methods).map(([name, [requestType, responseType]]) => [name, { requestType, responseType, comment: '' }]),
  );
}
