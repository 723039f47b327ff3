import { describe, expect, it } from 'vitest';
import { parseJobPayload } from './job-payload.ts';
import { goldenPayloads } from './golden-payloads.ts';

describe('golden payloads', () => {
  it('are six', () => {
    expect(goldenPayloads().map(({ facts }) => facts.jobId)).toEqual(['4101', '4102', '4103', '4104', '4105', '4106']);
  });

  it.each(goldenPayloads().map(({ facts, body }) => [facts.name, facts, body] as const))(
    '%s reads as its facts say',
    (_name, facts, body) => {
      const parsed = parseJobPayload(body);
      if (parsed.kind !== 'job') throw new Error(parsed.problems.join('\n'));
      const { job } = parsed;
      expect({
        jobId: job.id,
        timeoutSeconds: job.runner_info.timeout,
        steps: job.steps.map((step) => step.name),
        image: job.image?.name,
        services: job.services.map((service) => service.name),
        cacheKeys: job.cache.map((cache) => cache.key),
        artifactTypes: job.artifacts.map((artifact) => artifact.artifact_type),
        downloads: job.dependencies.filter((each) => each.artifacts_file?.filename).map((each) => each.id),
        fileVariables: job.variables.filter((variable) => variable.file).map((variable) => variable.key),
      }).toEqual({
        jobId: facts.jobId,
        timeoutSeconds: facts.timeoutSeconds,
        steps: facts.steps,
        image: facts.image,
        services: facts.services,
        cacheKeys: facts.cacheKeys,
        artifactTypes: facts.artifactTypes,
        downloads: facts.downloads,
        fileVariables: facts.fileVariables,
      });
      const masked = job.variables.filter((variable) => variable.masked).map((variable) => variable.value);
      expect(masked).toEqual(expect.arrayContaining(facts.masked));
    },
  );
});
