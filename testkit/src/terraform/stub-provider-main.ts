import { readFile } from 'node:fs/promises';
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from '@grpc/grpc-js';
import { PLUGIN_SERVICES } from './plugin-wire.ts';
import { parseProviderSchema } from './provider-schema.ts';
import { stubProvider } from './stub-provider.ts';

/**
 * The stub AWS provider as Terraform starts it: `node stub-aws-provider.mjs SCHEMA.json`. It speaks without TLS, so Terraform must run
 * with TF_DISABLE_PLUGIN_TLS=1. The handshake is one line on stdout. Source: hashicorp/go-plugin, docs/internals.md.
 */
const answers = stubProvider(parseProviderSchema(await readFile(process.argv[2] ?? '', 'utf8')));
const server = new Server({ 'grpc.max_send_message_length': 64 * 1024 * 1024, 'grpc.max_receive_message_length': 64 * 1024 * 1024 });
server.addService(
  serviceNamed('tfplugin5.Provider'),
  Object.fromEntries(Object.entries(answers).map(([method, answer]) => [method, answering(answer)])),
);
server.addService(serviceNamed('plugin.GRPCController'), {
  Shutdown: answering(() => {
    setImmediate(() => server.forceShutdown());
    return {};
  }),
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc\n`);
});

function answering(answer: (request: unknown) => object) {
  return (call: ServerUnaryCall<unknown, object>, reply: sendUnaryData<object>) => {
    try {
      reply(null, answer(call.request));
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      reply({ code: 13, details: String(error) });
    }
  };
}

function serviceNamed(name: string) {
  const definition = PLUGIN_SERVICES[name];
  if (definition === undefined || 'format' in definition) throw new Error(`no service ${name}`);
  return definition;
}
