import type { Finding } from '../finding.ts';
import { splitTags, tagsOf } from '../tags-of.ts';
import type { CrossCheck } from './cross-check.ts';
import type { DraftRunner } from '../schema/document-schema.ts';

/** Both spellings of the tags agree, every runner can be matched by a job, and no two by exactly the same ones. */
export const checkRunnerTags: CrossCheck = ({ runners, isFaulty }) =>
  runners.flatMap((runner, at) => [
    ...spacesIn(runner),
    ...disagreement(runner),
    ...(isFaulty([...runner.path, 'tags']) ? [] : withoutTags(runner)),
    ...sameAs(runner, runners.slice(0, at)),
  ]);

function spacesIn(runner: DraftRunner): Finding[] {
  const bad = splitTags(runner.values.tag_list ?? '').filter((tag) => /\s/.test(tag));
  return bad.map((tag) => ({
    code: 'FR_CONFIG_TAG',
    path: [...runner.path, 'tag_list'],
    given: tag,
    cure: 'put commas between the tags',
  }));
}

function disagreement(runner: DraftRunner): Finding[] {
  const { tags, tag_list: list } = runner.values;
  if (tags === undefined || list === undefined || setText(tags) === setText(splitTags(list))) return [];
  return [{ code: 'FR_CONFIG_TAGS_DIFFER', path: [...runner.path, 'tag_list'], allowed: [...new Set(tags)].join(',') }];
}

function withoutTags(runner: DraftRunner): Finding[] {
  if (tagsOf(runner.values).length > 0 || runner.values.run_untagged === true) return [];
  return [{ code: 'FR_CONFIG_NO_TAGS', path: runner.path, given: false }];
}

function sameAs(runner: DraftRunner, before: readonly DraftRunner[]): Finding[] {
  const own = setText(tagsOf(runner.values));
  const twin = before.find((other) => own !== '' && setText(tagsOf(other.values)) === own);
  if (!twin) return [];
  const names = `${twin.name ?? 'another'} and ${runner.name ?? 'this one'}`;
  return [
    {
      code: 'FR_CONFIG_SAME_TAGS',
      path: runner.path,
      given: tagsOf(runner.values).join(', '),
      what: `the runners ${names} have the same tags, so which of them takes a job is left to chance`,
    },
  ];
}

function setText(tags: readonly string[]): string {
  return [...new Set(tags)].toSorted().join(',');
}
