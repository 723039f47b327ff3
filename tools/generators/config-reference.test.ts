import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load, PROBLEM_CODES, renderReport } from '@fargate-gitlab-runner/config';
import { describe, expect, it } from 'vitest';
import { generate } from './config-reference.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('the reference of the configuration', () => {
  it('is fresh', async () => {
    for (const file of await generate()) expect(readFileSync(`${root}${file.path}`, 'utf8'), file.path).toBe(file.content);
  });

  it('names every code and every default', async () => {
    const page = (await generate()).find((file) => file.path.endsWith('.md'))?.content ?? '';
    expect(Object.keys(PROBLEM_CODES).filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([]);
    expect(page).toContain('| `gitlab_runner_concurrency` | 1 to 10000 | `10` |');
    expect(page).toContain('| `worker_ssh_port` | 1 to 65535 | `22` |');
    expect(page).toContain('| `gitlab_url` | string | required |');
  });
});

describe('the sample configuration', () => {
  it('is fine without tokens, which local mode brings along', () => {
    const result = load({ file: `${root}examples/hello/runners.yaml`, env: {}, tokens: 'not needed' });
    expect(renderReport(result).replace(root, '')).toBe(
      [
        'examples/hello/runners.yaml: no problems',
        '',
        '2 runners for https://gitlab.example.com, at most 10 jobs at a time:',
        '  dev_tool1 [dev, tool1], limit 10, 256 CPU units, 512 MiB, eu-west-1',
        '  dev_tool2_tool3 [dev, tool2, tool3], limit 5, 512 CPU units, 2048 MiB, eu-west-1',
      ].join('\n'),
    );
  });
});
