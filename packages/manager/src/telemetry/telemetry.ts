import type { Config } from '@fargate-gitlab-runner/config';
import { type Clock, Scope } from '@fargate-gitlab-runner/kernel';
import { EventBus } from './event-bus.ts';
import { makeEventLog } from './event-log.ts';
import { HealthServer } from './health.ts';
import type { EmitEvent } from './manager-event.ts';
import { Metrics } from './metrics.ts';
import { ReadinessWatch } from './readiness.ts';

/** Everything that hears a manager's events. Disposing it closes the port for health and metrics. */
export interface Telemetry extends AsyncDisposable {
  readonly emit: EmitEvent;
}

/** Opens log, metrics and, where the configuration names a port, health. Log lines are JSON and go to `destination`. */
export async function openTelemetry(input: {
  readonly config: Pick<Config, 'telemetry'>;
  readonly clock: Clock;
  readonly destination: { write(line: string): void };
}): Promise<Telemetry> {
  const { port, logLevel } = input.config.telemetry;
  const scope = new Scope();
  const bus = new EventBus((error) =>
    input.destination.write(`${JSON.stringify({ level: 'error', event: 'listener.failed', cause: String(error) })}\n`),
  );
  const metrics = new Metrics();
  const readiness = new ReadinessWatch();
  bus.subscribe(makeEventLog({ level: logLevel, destination: input.destination }, input.clock));
  bus.subscribe(metrics.listen);
  bus.subscribe(readiness.listen);
  if (port !== undefined) scope.use('the health port', await HealthServer.open({ port }, { metrics, readiness }));
  return { emit: bus.emit, [Symbol.asyncDispose]: () => scope.close() };
}
