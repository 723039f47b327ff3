import { describe, expect, it } from 'vitest';
import { EventBus } from './event-bus.ts';
import { HealthServer } from './health.ts';
import { Metrics } from './metrics.ts';
import { ReadinessWatch } from './readiness.ts';

async function startHealth() {
  const bus = new EventBus((error) => {
    throw error;
  });
  const metrics = new Metrics();
  const readiness = new ReadinessWatch();
  bus.subscribe(metrics.listen);
  bus.subscribe(readiness.listen);
  const server = await HealthServer.open({ port: 0, host: '127.0.0.1' }, { metrics, readiness });
  const ask = async (path: string, method = 'GET') => {
    const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method, headers: { connection: 'close' } });
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  };
  return { emit: bus.emit, ask, server, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe('the health server', () => {
  it('is ready from start to drain, and alive all the time', async () => {
    await using health = await startHealth();
    const { emit, ask } = health;
    expect(await ask('/health/ready')).toMatchObject({ status: 503, text: 'starting\n' });
    emit({ name: 'manager.started', owner: 'a', runners: [] });
    expect(await ask('/health/ready')).toMatchObject({ status: 200, text: 'serving\n' });
    emit({ name: 'manager.draining', owner: 'a', jobs: 1 });
    expect(await ask('/health/ready')).toMatchObject({ status: 503, text: 'leaving\n' });
    emit({ name: 'manager.started', owner: 'a', runners: [] });
    expect(await ask('/health/ready')).toMatchObject({ status: 503 });
    expect(await ask('/health/live')).toMatchObject({ status: 200, text: 'alive\n' });
  });

  it('shows the metrics in Prometheus text format', async () => {
    await using health = await startHealth();
    health.emit({ name: 'poll.answered', runner: 'dev', verdict: 'none' });
    const { status, type, text } = await health.ask('/metrics?name[]=x');
    expect([status, type]).toEqual([200, expect.stringMatching(/^text\/plain; version=0\.0\.4/)]);
    expect(text).toContain('fargate_gitlab_runner_polls_total{runner="dev",verdict="none"} 1\n');
  });

  it('names its pages where there is none', async () => {
    await using health = await startHealth();
    expect(await health.ask('/')).toMatchObject({ status: 404, text: expect.stringContaining('/metrics') });
  });

  it('answers to HEAD without a body, and to nothing that writes', async () => {
    await using health = await startHealth();
    expect(await health.ask('/health/live', 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect(await health.ask('/health/live', 'POST')).toMatchObject({ status: 405 });
  });

  it('says which port it could not have', async () => {
    await using health = await startHealth();
    const again = startAt(health.server.port);
    await expect(again).rejects.toThrow(/FR_TELEMETRY_PORT/);
    await expect(again).rejects.toThrow(`given:   ${health.server.port}`);
  });

  it('is gone once it is disposed', async () => {
    const health = await startHealth();
    await health[Symbol.asyncDispose]();
    await expect(health.ask('/health/live')).rejects.toThrow();
  });
});

function startAt(port: number): Promise<HealthServer> {
  return HealthServer.open({ port, host: '127.0.0.1' }, { metrics: new Metrics(), readiness: new ReadinessWatch() });
}
