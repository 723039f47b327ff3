import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { defineConfig } from './define-config.ts';
import { documentOf } from './document-of.ts';
import { type LoadResult, load } from './load.ts';

/** Every shape that is accepted, with what becomes of it in `<file>.expected.json`. */
const folder = fileURLToPath(new URL('../golden/', import.meta.url));
const examples = readdirSync(folder).filter((name) => !name.endsWith('.expected.json'));

function loadExample(name: string): LoadResult {
  if (!name.endsWith('.env')) return load({ file: `${folder}${name}`, env: {} });
  const lines = readFileSync(`${folder}${name}`, 'utf8').trim().split('\n');
  return load({ env: Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])) });
}

describe('golden examples', () => {
  it('cover every format and both shapes', () => {
    expect(examples).toEqual(
      expect.arrayContaining(['terraform-map.yaml', 'older-list.yaml', 'map.json', 'list.json', 'map.toml', 'list.toml']),
    );
    expect(examples).toEqual(expect.arrayContaining(['runtime-map.env', 'older-list.env', 'everything.yaml']));
  });

  it.each(examples)('%s is accepted without a word and means what it meant', (name) => {
    const result = loadExample(name);
    expect(result).toMatchObject({ kind: 'config', warnings: [] });
    const expected: unknown = JSON.parse(readFileSync(`${folder}${name}.expected.json`, 'utf8'));
    expect(result.kind === 'config' && JSON.parse(JSON.stringify(result.config))).toEqual(expected);
  });

  it.each(examples)('%s is the same after it was written down and read again', (name) => {
    const result = loadExample(name);
    const config = result.kind === 'config' ? result.config : undefined;
    const tokens = new Map(config?.runners.map((runner) => [runner.name, runner.token]));
    expect(config && defineConfig(JSON.parse(JSON.stringify(documentOf(config))), tokens)).toEqual(config);
    expect(config).toBeDefined();
  });

  it.each(examples)('%s gives every runner the token that was meant for it', (name) => {
    const result = loadExample(name);
    const tokens = result.kind === 'config' ? result.config.runners.map((runner) => runner.token.reveal()) : [];
    expect(tokens).toEqual(tokens.map((_, at) => expect.stringMatching(new RegExp(`^glrt-(t1_)?goldenGOLDEN000${at + 1}$`))));
  });
});
