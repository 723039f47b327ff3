import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JobRecord } from './job-record.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { sampleRecord } from './sample-record.test-double.ts';

const SECRETS = ['job-token-in-clear', 'client-key-in-clear', 'nonce-in-clear', 'payload-token-in-clear', 'variable-in-clear'];

const full = sampleRecord({
  generation: 3,
  placements: [
    { id: 'p1', region: 'eu-west-1', request: '{"a":"\\u0000"}', failure: 'FR_FLEET_CAPACITY' },
    { id: 'p2', region: 'eu-west-1', request: '{}', taskArn: 'arn:aws:ecs:eu-west-1:111122223333:task/c/1' },
  ],
  worker: { placementId: 'p2', host: '10.0.0.4', port: 22, hostKey: 'AAAA', proof: 'proved' },
  stages: [
    { stage: 'prepare_script', attempt: 1, deadlineAt: 5, limit: 'job', end: { code: 0, cause: 'exit', journalEnd: 12 } },
    { stage: 'step_script', attempt: 1, deadlineAt: 9, limit: 'script' },
  ],
  chunks: [{ name: '0', encoded: 'AAAA' }],
  ending: { kind: 'failed', reason: 'script_failure', exitCode: 3, detail: 'exit code 3' },
  phase: 'reporting',
});

function altered(from: string, to: string): string {
  return encodeRecord(full, 0).replace(from, to);
}

function decoded(text: string): JobRecord {
  const result = decodeRecord(text);
  if (result.kind !== 'record') throw new Error(JSON.stringify(result));
  return result.record;
}

describe('record codec', () => {
  it('reads back every field it wrote', () => {
    const record = decoded(encodeRecord(full, 0));
    expect(record).toEqual(full);
    expect([record.jobToken, record.clientKey, record.nonce].map((secret) => secret.reveal())).toEqual(SECRETS.slice(0, 3));
    expect(JSON.parse(encodeRecord(record, 0))).toEqual(JSON.parse(encodeRecord(full, 0)));
  });

  it('keeps nothing secret, no payload and no chunks in a tombstone', () => {
    const text = encodeRecord({ ...full, phase: 'done' }, 1234);
    for (const secret of [...SECRETS, 'chunks', 'payload', 'stages', '10.0.0.4']) expect(text).not.toContain(secret);
    expect(decodeRecord(text)).toEqual({
      kind: 'tombstone',
      tombstone: {
        schema: 1,
        phase: 'done',
        jobId: full.jobId,
        runner: 'dev_tool1',
        deployment: 'dev',
        generation: 3,
        acceptedAt: full.acceptedAt,
        doneAt: 1234,
        ending: full.ending,
      },
    });
  });

  it('carries what a newer version added through a change by this one', () => {
    const newer = JSON.parse(encodeRecord(full, 0));
    newer.schema = 2;
    newer.toolbox = { version: 7 };
    newer.worker.architecture = 'arm64';
    newer.stages[1].image = 'alpine';
    newer.payload.outlets = [{ key: 'k' }];
    newer.payload.variables[0].scope = 'prd';
    const changed = { ...decoded(JSON.stringify(newer)), generation: 4 };
    expect(JSON.parse(encodeRecord(changed, 0))).toEqual({ ...newer, schema: 1, generation: 4 });
  });

  it.each([
    ['no text', 'empty', ''],
    ['a torn text', 'not JSON', '{"schema":1,"jobToken":"job-token-in-clear"'],
    ['a list', 'expected object', '[]'],
    ['half a tombstone', 'jobId', '{"schema":1,"phase":"done"}'],
    ['a schema two ahead', 'schema', altered('"schema":1', '"schema":3')],
    ['a secret of the wrong type', 'jobToken', altered('"job-token-in-clear"', '["job-token-in-clear"]')],
    ['an unknown phase', 'phase', altered('"phase":"reporting"', '"phase":"job-token-in-clear"')],
    ['a broken payload', 'payload', altered('"git_info"', '"job-token-in-clear"')],
  ])('says what is wrong with %s (%s) without quoting it', (_, named, text) => {
    const result = decodeRecord(text);
    expect(result.kind).toBe('unreadable');
    expect(JSON.stringify(result)).toContain(named);
    expect(JSON.stringify(result)).not.toContain('in-clear');
  });

  it('never throws, whatever the text', () => {
    const text = encodeRecord(full, 0);
    fc.assert(
      fc.property(fc.nat({ max: text.length }), fc.nat({ max: 40 }), fc.string(), (from, length, put) => {
        const kind = decodeRecord(text.slice(0, from) + put + text.slice(from + length)).kind;
        expect(['record', 'tombstone', 'unreadable']).toContain(kind);
      }),
      { numRuns: 300 },
    );
  });
});
